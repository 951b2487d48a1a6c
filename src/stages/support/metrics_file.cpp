#include "lacathode/stages/support/metrics_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/shared_groups.hpp"
#include "lacathode/stages/support/flow_check.hpp"
#include "lacathode/stages/support/search_file.hpp"

namespace lacathode {
namespace {

constexpr const char* sic_kind = "sic";
constexpr const char* sculpting_kind = "sculpting";
constexpr const char* low_suffix = "_low";
constexpr const char* high_suffix = "_high";
constexpr const char* counting_error_suffix = "_counting_error";

void write_header(OutputFile& file, const char* kind, const Evaluated& evaluated) {
    file.set_attribute("/", "kind", std::string(kind));
    file.set_attribute("/", "method", method_name(evaluated.method));
    file.set_attribute("/", "mass_name", evaluated.mass.name);
    file.set_attribute("/", "mass_unit", evaluated.mass.unit);
    file.set_attribute("/", "unmapped",
                       std::string(unmapped_names[static_cast<std::size_t>(evaluated.unmapped)]));
    file.set_attribute("/", "partition",
                       std::string(evaluated_part_names[static_cast<std::size_t>(evaluated.part)]));
    write_signal_region(file, evaluated.signal_region);
}

void write_curve(OutputFile& file, const std::string& name, const CurveBand& curve) {
    file.write<double>(name + "/runs", curve.retrainings.values(),
                       {curve.retrainings.rows(), curve.retrainings.cols()});
    file.write_vector<double>(name + "/median", curve.band.median);
    file.write_vector<double>(name + "/low", curve.band.low);
    file.write_vector<double>(name + "/high", curve.band.high);
}

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

// Smaller values are no more than that the distribution's tail is thin there.
constexpr double smallest_p = 1e-300;

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

std::string formatted(const char* format, double value) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
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

std::vector<Quantity> read_sic(const InputFile& file) {
    std::vector<Quantity> quantities = headline(SicMetrics{});
    for (Quantity& quantity : quantities) {
        const auto number = [&](const char* of) {
            return file.double_attribute("/", quantity.name + of);
        };
        quantity.value = number("");
        if (quantity.band) quantity.band = Quantity::Band{number(low_suffix), number(high_suffix)};
        if (quantity.counting_error) quantity.counting_error = number(counting_error_suffix);
    }
    return quantities;
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

}  // namespace

std::string judged_name(Judged judged) {
    return judged == Judged::everywhere ? "everywhere" : "sidebands";
}

Quantity p_value_quantity(const std::string& name, double p) {
    return {.name = name, .value = std::max(p, smallest_p), .at_most = p <= smallest_p};
}

CurveBand curve_band(Matrix<double> retrainings) {
    Band band = band_over_retrainings(retrainings);
    return {std::move(retrainings), std::move(band)};
}

void write_metrics(OutputFile& file, const Evaluated& evaluated, const SicMetrics& metrics) {
    write_header(file, sic_kind, evaluated);
    file.write_vector<double>("/background_efficiency", metrics.background_efficiency);
    write_curve(file, "/signal_efficiency", metrics.signal_efficiency);
    write_curve(file, "/sic", metrics.sic);
    file.write_vector<double>("/sic/counting_error", metrics.counting_error);
    if (!metrics.effective_background.empty())
        file.write_vector<double>("/sic/effective_background", metrics.effective_background);
    file.write_vector<double>("/by_signal_efficiency/signal_efficiency",
                              metrics.signal_efficiency_grid);
    write_curve(file, "/by_signal_efficiency", metrics.sic_by_signal_efficiency);
    file.write_vector<double>("/by_signal_efficiency/counting_error",
                              metrics.counting_error_by_signal_efficiency);
    file.write_vector<double>("/max_sic", metrics.max_sic);
    file.write_vector<double>("/area_under_curve", metrics.area_under_curve);
    for (const auto& [name, value] : summary_of(headline(metrics))) {
        file.set_attribute("/", name, std::get<double>(value));
    }
    file.set_attribute("/", "signal_events", metrics.signal_events);
    file.set_attribute("/", "background_events", metrics.background_events);
    file.set_attribute("/", "signal_not_mapped", metrics.signal_not_mapped);
    file.set_attribute("/", "background_not_mapped", metrics.background_not_mapped);
}

void write_metrics(OutputFile& file, const Evaluated& evaluated, const SculptingMetrics& metrics) {
    write_header(file, sculpting_kind, evaluated);
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

std::string text_of(const Quantity& quantity) {
    std::string text = quantity.at_most ? "< " : "";
    text += formatted("%.4g", quantity.value);
    if (quantity.band && quantity.band->low < quantity.band->high) {
        text += concat(" [", formatted("%.4g", quantity.band->low), ", ",
                       formatted("%.4g", quantity.band->high), "]");
    }
    if (quantity.counting_error) text += " +- " + formatted("%.2g", *quantity.counting_error);
    return text;
}

Summary summary_of(const std::vector<Quantity>& quantities) {
    Summary summary;
    for (const Quantity& quantity : quantities) {
        summary.emplace_back(quantity.name, quantity.value);
        if (quantity.band) {
            summary.emplace_back(quantity.name + low_suffix, quantity.band->low);
            summary.emplace_back(quantity.name + high_suffix, quantity.band->high);
        }
        if (quantity.counting_error) {
            summary.emplace_back(quantity.name + counting_error_suffix, *quantity.counting_error);
        }
    }
    return summary;
}

std::vector<Quantity> headline(const SicMetrics& metrics) {
    const auto point = [](const char* name, const SicPoint& at) {
        return Quantity{.name = name,
                        .value = at.sic,
                        .band = Quantity::Band{at.low, at.high},
                        .counting_error = at.counting_error};
    };
    return {
        point("max_median_sic", metrics.best),
        {.name = "max_median_sic_background_efficiency",
         .value = metrics.best.background_efficiency},
        {.name = "max_median_sic_selected_background", .value = metrics.best.selected_background},
        point("sic_at_1e-2", metrics.at_percent),
        point("sic_at_1e-3", metrics.at_permille),
        {.name = "initial_significance", .value = metrics.initial_significance}};
}

std::vector<Quantity> headline(const SculptingMetrics& metrics) {
    SculptingCurves curves{.efficiency = metrics.efficiency,
                           .chi2_per_dof = metrics.chi2_per_dof.band,
                           .random_selection = {},
                           .p_value = median_p_values(metrics.p_value, metrics.simulated)};
    for (const auto& point : metrics.null) curves.random_selection.push_back(point.mean);
    return headline_of(curves);
}

std::vector<Quantity> read_headline(const std::string& path) {
    const InputFile file(path, FileFormat::metrics);
    const std::string kind = file.string_attribute("/", "kind");
    if (kind == sic_kind) return read_sic(file);
    if (kind == sculpting_kind) return read_sculpting(file);
    if (kind == flow_check_kind) return read_flow_check(file);
    if (kind == background_kind) return read_background(file);
    if (kind == hunt_kind) return read_hunt(file);
    throw InputError(concat(path, ": attribute 'kind' = '", kind, "' is none of ", sic_kind, ", ",
                            sculpting_kind, ", ", flow_check_kind, ", ", background_kind, " and ",
                            hunt_kind));
}

}  // namespace lacathode
