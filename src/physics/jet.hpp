// Kinematics of one jet and of a pair.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>

namespace lacathode::physics::detail {

/// From px, py, pz, m [GeV], tau1, tau2, tau3.
struct Jet {
    double px, py, pz, m;  // GeV
    double tau21;
    static constexpr std::size_t mass_column = 3;

    explicit Jet(std::span<const double> columns)
        : px(columns[0]),
          py(columns[1]),
          pz(columns[2]),
          m(columns[mass_column]),
          tau21(columns[5] / (1e-5 + columns[4])) {}
    [[nodiscard]] double momentum_squared() const { return px * px + py * py + pz * pz; }
    [[nodiscard]] double energy() const { return std::sqrt(momentum_squared() + m * m); }
    [[nodiscard]] double eta() const { return std::asinh(pz / std::hypot(px, py)); }
    [[nodiscard]] double phi() const { return std::atan2(py, px); }
};

/// GeV. (E1 + E2)^2 - (p1 + p2)^2, written as m1^2 + m2^2 + 2 (E1 E2 - p1 p2).
inline double invariant_mass(const Jet& a, const Jet& b) {
    const double dot = a.px * b.px + a.py * b.py + a.pz * b.pz;
    const double squared = a.m * a.m + b.m * b.m + 2 * (a.energy() * b.energy() - dot);
    return std::sqrt(std::max(squared, 0.0));  // rounding of collinear massless jets
}

inline double delta_r(const Jet& a, const Jet& b) {
    const double delta_phi = std::remainder(a.phi() - b.phi(), 2 * std::numbers::pi);
    return std::hypot(a.eta() - b.eta(), delta_phi);
}

}  // namespace lacathode::physics::detail
