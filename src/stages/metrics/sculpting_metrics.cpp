#include "lacathode/stages/metrics/sculpting_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

void write_null(OutputFile& file, const std::vector<RandomSelectionNull::Summary>& null) {
    std::vector<double> mean, low, high;
    for (const auto& point : null) {
        mean.push_back(point.mean);
        low.push_back(point.low);
        high.push_back(point.high);
    }
    file.write_vector<double>("/null/mean", mean);
    file.write_vector<double>("/null/low", low);
    file.write_vector<double>("/null/high", high);
}

// What the headline of a sculpting study is made of, each [G].
struct SculptingCurves {
    std::vector<double> efficiency;
    Band chi2_per_dof;
    std::vector<double> random_selection;
    std::vector<Quantity> p_value;  ///< without names
};

// Medians over the retrainings [G]. `simulated` [R, G]: 1 where a simulation gave the value, whose
// smallest says "never". The median of upper bounds is one; a bound below all that the median is
// made of does not enter it.
std::vector<Quantity> median_p_values(const Matrix<double>& p_value,
                                      const Matrix<std::uint8_t>& simulated) {
    const std::vector<double> median = band_over_retrainings(p_value).median;
    std::vector<Quantity> quantities;
    for (std::size_t point = 0; point < p_value.cols(); ++point) {
        std::vector<double> present;
        bool any_bound = false;
        for (std::size_t row = 0; row < p_value.rows(); ++row) {
            const double p = p_value(row, point);
            if (std::isnan(p)) continue;
            present.push_back(p);
            any_bound = any_bound || (simulated(row, point) == 1 &&
                                      p == RandomSelectionNull::smallest_simulated_p);
        }
        Quantity& quantity = quantities.emplace_back(p_value_quantity("", median[point]));
        if (std::isnan(median[point])) continue;
        const auto middle = present.begin() + (std::ssize(present) - 1) / 2;
        std::ranges::nth_element(present, middle);
        if (any_bound && *middle <= RandomSelectionNull::smallest_simulated_p)
            quantity.at_most = true;
    }
    return quantities;
}

// Position of the efficiency nearest to `wanted`.
std::size_t nearest(const std::vector<double>& efficiency, double wanted) {
    const auto found = std::ranges::min_element(
        efficiency, {}, [wanted](double value) { return std::abs(value - wanted); });
    return static_cast<std::size_t>(found - efficiency.begin());
}

std::vector<Quantity> headline_of(const SculptingCurves& curves) {
    std::set<std::size_t> points;  // with few efficiencies one may be the nearest to several
    for (const double wanted : {0.01, 0.05, 0.19}) {
        points.insert(nearest(curves.efficiency, wanted));
    }
    std::vector<Quantity> quantities;
    for (const std::size_t at : points) {
        const std::string suffix = concat("_at_", curves.efficiency[at]);
        quantities.push_back(
            {.name = "chi2_per_dof" + suffix,
             .value = curves.chi2_per_dof.median[at],
             .band = Quantity::Band{curves.chi2_per_dof.low[at], curves.chi2_per_dof.high[at]}});
        quantities.push_back(
            {.name = "random_selection" + suffix, .value = curves.random_selection[at]});
        quantities.push_back(curves.p_value[at]);
        quantities.back().name = "p_value" + suffix;
    }
    return quantities;
}

}  // namespace

void write_metrics(OutputFile& file, const Evaluated& evaluated, const SculptingMetrics& metrics) {
    write_evaluated(file, sculpting_kind, evaluated);
    const Shape shape = {metrics.threshold.rows(), metrics.threshold.cols()};
    file.write_vector<double>("/efficiency", metrics.efficiency);
    file.write<double>("/threshold", metrics.threshold.values(), shape);
    file.write<std::int64_t>("/selected", metrics.selected.values(), shape);
    write_curve(file, "/chi2_per_dof", metrics.chi2_per_dof);
    file.write<double>("/p_value", metrics.p_value.values(), shape);
    file.write<std::uint8_t>("/p_value_simulated", metrics.simulated.values(), shape);
    file.set_attribute("/", "judged", judged_name(metrics.judged));
    file.set_attribute("/", "signal_in_training", metrics.signal_in_training);
    write_null(file, metrics.null);
    file.write_vector<double>("/edges", metrics.edges);
    file.write_vector<std::int64_t>("/histogram/full", metrics.full);
    file.write<std::int64_t>("/histogram/selected", metrics.histogram,
                             {shape[0], shape[1], metrics.full.size()});
    if (!metrics.full_weights.empty()) {
        file.write_vector<double>("/histogram/full_weights", metrics.full_weights);
        file.write<double>("/histogram/selected_weights", metrics.weights,
                           {shape[0], shape[1], metrics.full.size()});
    }
    file.set_attribute("/", "events", metrics.events);
    file.set_attribute("/", "not_mapped", metrics.not_mapped);
}

std::vector<Quantity> headline(const SculptingMetrics& metrics) {
    SculptingCurves curves{.efficiency = metrics.efficiency,
                           .chi2_per_dof = metrics.chi2_per_dof.band,
                           .random_selection = {},
                           .p_value = median_p_values(metrics.p_value, metrics.simulated)};
    for (const auto& point : metrics.null) curves.random_selection.push_back(point.mean);
    return headline_of(curves);
}

std::vector<Quantity> read_sculpting(const InputFile& file) {
    SculptingCurves curves;
    curves.efficiency = file.read<double>("/efficiency");
    const std::size_t points = curves.efficiency.size();
    if (points == 0) throw InputError(file.path() + ": /efficiency is empty");
    curves.chi2_per_dof = {.median = file.read<double>("/chi2_per_dof/median", {points}),
                           .low = file.read<double>("/chi2_per_dof/low", {points}),
                           .high = file.read<double>("/chi2_per_dof/high", {points})};
    curves.random_selection = file.read<double>("/null/mean", {points});
    const Shape shape = file.shape("/p_value");
    if (shape.size() != 2 || shape[1] != points) {
        throw InputError(file.path() + ": /p_value has not a column an efficiency");
    }
    const Matrix<double> p_value(shape[0], shape[1], file.read<double>("/p_value"));
    const Matrix<std::uint8_t> simulated(shape[0], shape[1],
                                         file.read<std::uint8_t>("/p_value_simulated", shape));
    curves.p_value = median_p_values(p_value, simulated);
    return headline_of(curves);
}

}  // namespace lacathode
