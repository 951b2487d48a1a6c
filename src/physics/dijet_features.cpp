#include "lacathode/physics/dijet_features.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"

namespace lacathode {
namespace {

constexpr std::size_t columns_per_jet = 7;
constexpr std::array<std::string_view, 2 * columns_per_jet> column_names = {
    "pxj1", "pyj1", "pzj1", "mj1", "tau1j1", "tau2j1", "tau3j1",
    "pxj2", "pyj2", "pzj2", "mj2", "tau1j2", "tau2j2", "tau3j2"};
constexpr std::size_t mass_column = 3;
constexpr double tev_per_gev = 1e-3;
// Jet finders write -sqrt(-m^2) when rounding makes m^2 of a massless jet negative; in float32
// four- vectors that reaches sqrt(2^-24) |p|.
constexpr double massless_rounding = 2.5e-4;

enum class Feature { m_j1, delta_m, tau21_j1, tau21_j2, delta_r };
struct FeatureName {
    std::string_view name;
    std::string_view unit;
};
constexpr std::array<FeatureName, 5> feature_names = {
    {{"m_j1", "TeV"}, {"delta_m", "TeV"}, {"tau21_j1", "1"}, {"tau21_j2", "1"}, {"delta_r", "1"}}};

struct Jet {
    double px, py, pz, m;  // GeV
    double tau21;

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

std::optional<std::size_t> first_unphysical(std::span<const double> jet) {
    for (std::size_t i = 0; i < columns_per_jet; ++i) {
        if (!std::isfinite(jet[i])) return i;
        if (i > mass_column && jet[i] < 0) return i;
    }
    const double transverse = std::hypot(jet[0], jet[1]);
    if (!(transverse > 0)) return 0;
    if (jet[mass_column] < -massless_rounding * std::hypot(transverse, jet[2])) return mass_column;
    return std::nullopt;
}

std::optional<std::size_t> unphysical_column(std::span<const double> row) {
    if (const auto column = first_unphysical(row.first(columns_per_jet))) return column;
    if (const auto column = first_unphysical(row.last(columns_per_jet))) {
        return *column + columns_per_jet;
    }
    return std::nullopt;
}

// (E1 + E2)^2 - (p1 + p2)^2, written as m1^2 + m2^2 + 2 (E1 E2 - p1 p2).
double invariant_mass(const Jet& a, const Jet& b) {
    const double dot = a.px * b.px + a.py * b.py + a.pz * b.pz;
    const double squared = a.m * a.m + b.m * b.m + 2 * (a.energy() * b.energy() - dot);
    return std::sqrt(std::max(squared, 0.0));  // rounding of collinear massless jets
}

double delta_r(const Jet& a, const Jet& b) {
    const double delta_phi = std::remainder(a.phi() - b.phi(), 2 * std::numbers::pi);
    return std::hypot(a.eta() - b.eta(), delta_phi);
}

double feature_value(Feature feature, const Jet& lighter, const Jet& heavier, double shift) {
    switch (feature) {
        case Feature::m_j1:
            return lighter.m * tev_per_gev + shift;
        case Feature::delta_m:
            return (heavier.m - lighter.m) * tev_per_gev + shift;
        case Feature::tau21_j1:
            return lighter.tau21;
        case Feature::tau21_j2:
            return heavier.tau21;
        case Feature::delta_r:
            return delta_r(lighter, heavier);
    }
    throw ContractViolation("unknown dijet feature");
}

std::vector<Feature> parse(const std::vector<std::string>& names) {
    std::vector<Feature> result;
    for (const std::string& name : names) {
        const auto found = std::ranges::find(feature_names, name, &FeatureName::name);
        if (found == feature_names.end()) {
            std::string known;
            for (const auto& feature : feature_names) known += concat(" ", feature.name);
            throw UsageError("unknown feature '" + name + "'; there are:" + known);
        }
        const auto feature = static_cast<Feature>(found - feature_names.begin());
        if (std::ranges::find(result, feature) != result.end()) {
            throw UsageError("feature '" + name + "' is named twice");
        }
        result.push_back(feature);
    }
    if (result.empty()) throw UsageError("no features named: name at least one");
    return result;
}

}  // namespace

std::span<const std::string_view> lhco_columns() {
    return column_names;
}

std::vector<Column> available_features() {
    std::vector<Column> columns;
    for (const auto& [name, unit] : feature_names) {
        columns.push_back({std::string(name), std::string(unit)});
    }
    return columns;
}

DijetFeatures dijet_features(const Matrix<double>& jets, const DijetOptions& options) {
    expects(jets.cols() == column_names.size(), "jets have the 14 columns of lhco_columns()");
    if (!std::isfinite(options.mass_shift)) {
        throw UsageError(concat("mass shift ", options.mass_shift, " is not finite"));
    }
    const std::vector<Feature> wanted = parse(options.features);
    const std::vector<Column> available = available_features();
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    DijetFeatures result;
    for (const Feature feature : wanted) {
        result.columns.push_back(available[static_cast<std::size_t>(feature)]);
    }
    result.mass.assign(jets.rows(), nan);
    result.features = Matrix<double>(jets.rows(), wanted.size(), nan);
    for (std::size_t row = 0; row < jets.rows(); ++row) {
        if (const auto column = unphysical_column(jets.row(row))) {
            result.unphysical.push_back({row, *column});
            continue;
        }
        const Jet first(jets.row(row).first(columns_per_jet));
        const Jet second(jets.row(row).last(columns_per_jet));
        const Jet& lighter = second.m < first.m ? second : first;
        const Jet& heavier = second.m < first.m ? first : second;
        result.mass[row] = invariant_mass(first, second) * tev_per_gev;
        const double shift = options.mass_shift * result.mass[row];
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            result.features(row, i) = feature_value(wanted[i], lighter, heavier, shift);
        }
    }
    return result;
}

}  // namespace lacathode
