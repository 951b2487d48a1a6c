#include "lacathode/physics/dijet_features.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "lacathode/core/errors.hpp"
#include "physics/jet.hpp"

namespace lacathode {
namespace {

using physics::detail::Jet;

constexpr std::size_t columns_per_jet = 7;
constexpr std::array<std::string_view, 2 * columns_per_jet> column_names = {
    "pxj1", "pyj1", "pzj1", "mj1", "tau1j1", "tau2j1", "tau3j1",
    "pxj2", "pyj2", "pzj2", "mj2", "tau1j2", "tau2j2", "tau3j2"};
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

std::optional<std::size_t> first_unphysical(std::span<const double> jet) {
    for (std::size_t i = 0; i < columns_per_jet; ++i) {
        if (!std::isfinite(jet[i])) return i;
        if (i > Jet::mass_column && jet[i] < 0) return i;
    }
    const double transverse = std::hypot(jet[0], jet[1]);
    if (!(transverse > 0)) return 0;
    if (jet[Jet::mass_column] < -massless_rounding * std::hypot(transverse, jet[2]))
        return Jet::mass_column;
    return std::nullopt;
}

double feature_value(Feature feature, const Jet& lighter, const Jet& heavier) {
    switch (feature) {
        case Feature::m_j1:
            return lighter.m * tev_per_gev;
        case Feature::delta_m:
            return (heavier.m - lighter.m) * tev_per_gev;
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
        expects(found != feature_names.end(), "the feature is one of available_features()");
        result.push_back(static_cast<Feature>(found - feature_names.begin()));
    }
    return result;
}

}  // namespace

std::optional<std::size_t> unphysical_column(std::span<const double> jets) {
    if (const auto column = first_unphysical(jets.first(columns_per_jet))) return column;
    if (const auto column = first_unphysical(jets.last(columns_per_jet))) {
        return *column + columns_per_jet;
    }
    return std::nullopt;
}

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
    const std::vector<Feature> wanted = parse(options.features);
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    DijetFeatures result;
    result.mass.assign(jets.rows(), nan);
    result.features = Matrix<double>(jets.rows(), wanted.size(), nan);
    for (std::size_t row = 0; row < jets.rows(); ++row) {
        if (unphysical_column(jets.row(row))) continue;
        const Jet first(jets.row(row).first(columns_per_jet));
        const Jet second(jets.row(row).last(columns_per_jet));
        const Jet& lighter = second.m < first.m ? second : first;
        const Jet& heavier = second.m < first.m ? first : second;
        result.mass[row] = invariant_mass(first, second) * tev_per_gev;
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            result.features(row, i) = feature_value(wanted[i], lighter, heavier);
        }
    }
    return result;
}

}  // namespace lacathode
