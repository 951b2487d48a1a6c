// Gradients and hessians as integers: their sums do not depend on the order of events.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lacathode::ml::trees {

/// Sums over events. Addition and subtraction are exact, and they are the same for both words.
struct Sums {
    std::int64_t gradient = 0;             ///< in units of FixedPoint::gradient
    std::uint64_t events_and_hessian = 0;  ///< number of events above, hessian below

    Sums& operator+=(const Sums& other) {
        gradient += other.gradient;
        events_and_hessian += other.events_and_hessian;
        return *this;
    }
    Sums& operator-=(const Sums& other) {
        gradient -= other.gradient;
        events_and_hessian -= other.events_and_hessian;
        return *this;
    }
};

inline Sums operator-(Sums a, const Sums& b) {
    return a -= b;
}

/// The units: powers of two, the finest in which no sum over the events overflows its bits. The
/// gradient has 30 bits an event, the hessian 28 (26 or fewer above 2^18 events, two less each time
/// the events double).
class FixedPoint {
  public:
    /// For `events` < 2^27 of weights up to `largest_weight`, between 1e-20 and 1e20.
    FixedPoint(std::size_t events, float largest_weight);

    [[nodiscard]] float gradient_factor() const noexcept { return gradient_factor_; }
    [[nodiscard]] float hessian_factor() const noexcept { return hessian_factor_; }
    [[nodiscard]] double hessian_unit() const noexcept { return hessian_unit_; }
    [[nodiscard]] double gradient(const Sums& sums) const noexcept {
        return static_cast<double>(sums.gradient) * gradient_unit_;
    }
    [[nodiscard]] double hessian(const Sums& sums) const noexcept {
        return static_cast<double>(sums.events_and_hessian & hessian_mask_) * hessian_unit_;
    }
    [[nodiscard]] std::size_t events(const Sums& sums) const noexcept {
        return sums.events_and_hessian >> events_shift_;
    }
    [[nodiscard]] std::uint64_t one_event() const noexcept {
        return std::uint64_t{1} << events_shift_;
    }

  private:
    int events_shift_;
    std::uint64_t hessian_mask_;
    float gradient_factor_;
    float hessian_factor_;
    double gradient_unit_;
    double hessian_unit_;
};

}  // namespace lacathode::ml::trees
