#include "lacathode/stages/support/metrics_file.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/shared_groups.hpp"

namespace lacathode {
namespace {

constexpr const char* sic_kind = "sic";
constexpr const char* sculpting_kind = "sculpting";

void write_header(OutputFile& file, const char* kind, const Evaluated& evaluated) {
    file.set_attribute("/", "kind", std::string(kind));
    file.set_attribute("/", "method", method_name(evaluated.method));
    file.set_attribute("/", "mass_name", evaluated.mass.name);
    file.set_attribute("/", "mass_unit", evaluated.mass.unit);
    file.set_attribute("/", "denominator",
                       std::string(evaluated.denominator == Denominator::all ? "all" : "mapped"));
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
    std::vector<double> chi2_per_dof;
    std::vector<double> random_selection;
    std::vector<double> p_value;
};

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
        quantities.push_back({"chi2_per_dof" + suffix, curves.chi2_per_dof[at]});
        quantities.push_back({"random_selection" + suffix, curves.random_selection[at]});
        quantities.push_back({"p_value" + suffix, curves.p_value[at]});
    }
    return quantities;
}

std::vector<Quantity> read_sic(const InputFile& file) {
    std::vector<Quantity> quantities = headline(SicMetrics{});
    for (Quantity& quantity : quantities) {
        quantity.value = file.double_attribute("/", quantity.name);
    }
    return quantities;
}

std::vector<Quantity> read_sculpting(const InputFile& file) {
    SculptingCurves curves;
    curves.efficiency = file.read<double>("/efficiency");
    const std::size_t points = curves.efficiency.size();
    if (points == 0) throw InputError(file.path() + ": /efficiency is empty");
    curves.chi2_per_dof = file.read<double>("/chi2_per_dof/median", {points});
    curves.random_selection = file.read<double>("/null/mean", {points});
    const Shape shape = file.shape("/p_value");
    if (shape.size() != 2 || shape[1] != points) {
        throw InputError(file.path() + ": /p_value has not a column an efficiency");
    }
    const Matrix<double> p_value(shape[0], shape[1], file.read<double>("/p_value"));
    curves.p_value = band_over_retrainings(p_value).median;
    return headline_of(curves);
}

}  // namespace

CurveBand curve_band(Matrix<double> retrainings) {
    Band band = band_over_retrainings(retrainings);
    return {std::move(retrainings), std::move(band)};
}

void write_metrics(OutputFile& file, const Evaluated& evaluated, const SicMetrics& metrics) {
    write_header(file, sic_kind, evaluated);
    file.write_vector<double>("/background_efficiency", metrics.background_efficiency);
    write_curve(file, "/signal_efficiency", metrics.signal_efficiency);
    write_curve(file, "/sic", metrics.sic);
    file.write_vector<double>("/by_signal_efficiency/signal_efficiency",
                              metrics.signal_efficiency_grid);
    write_curve(file, "/by_signal_efficiency", metrics.sic_by_signal_efficiency);
    file.write_vector<double>("/max_sic", metrics.max_sic);
    file.write_vector<double>("/area_under_curve", metrics.area_under_curve);
    for (const Quantity& quantity : headline(metrics)) {
        file.set_attribute("/", quantity.name, quantity.value);
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
    write_null(file, metrics.null);
    file.write_vector<double>("/edges", metrics.edges);
    file.write_vector<std::int64_t>("/histogram/full", metrics.full);
    file.write<std::int64_t>("/histogram/selected", metrics.histogram,
                             {shape[0], shape[1], metrics.full.size()});
    file.set_attribute("/", "events", metrics.events);
    file.set_attribute("/", "not_mapped", metrics.not_mapped);
}

std::vector<Quantity> headline(const SicMetrics& metrics) {
    return {{"max_median_sic", metrics.max_median_sic},
            {"sic_at_1e-2", metrics.sic_at_percent},
            {"sic_at_1e-3", metrics.sic_at_permille},
            {"initial_significance", metrics.initial_significance}};
}

std::vector<Quantity> headline(const SculptingMetrics& metrics) {
    SculptingCurves curves{.efficiency = metrics.efficiency,
                           .chi2_per_dof = metrics.chi2_per_dof.band.median,
                           .random_selection = {},
                           .p_value = band_over_retrainings(metrics.p_value).median};
    for (const auto& point : metrics.null) curves.random_selection.push_back(point.mean);
    return headline_of(curves);
}

std::vector<Quantity> read_headline(const std::string& path) {
    const InputFile file(path, FileFormat::metrics);
    const std::string kind = file.string_attribute("/", "kind");
    if (kind == sic_kind) return read_sic(file);
    if (kind == sculpting_kind) return read_sculpting(file);
    throw InputError(concat(path, ": attribute 'kind' = '", kind, "' is neither ", sic_kind,
                            " nor ", sculpting_kind));
}

}  // namespace lacathode
