#include <algorithm>

#include "evaluate_inputs.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/stages/evaluate.hpp"
#include "lacathode/stages/event_selection.hpp"
#include "lacathode/stats/sic.hpp"
#include "model_file.hpp"

namespace lacathode {
namespace {

// Curves of all runs, one row a run.
struct SicCurves {
    std::vector<double> background_grid, signal_grid;
    Matrix<double> signal_efficiency, sic, sic_by_signal;
    std::vector<double> max_sic;
    std::vector<double> sic_at_percent, sic_at_permille;  // at eps_B = 1e-2 and 1e-3
    std::vector<double> area;                             // under the ROC curve
    RocCurve last;                                        // for the numbers of events
};

double median_of(const std::vector<double>& values) {
    return band_over_runs(Matrix<double>(values.size(), 1, values)).median.front();
}

SicCurves sic_curves(const EvaluateSicConfig& config, const ScoredRuns& runs) {
    const std::size_t count = runs.scores.size();
    SicCurves curves;
    curves.background_grid =
        background_efficiency_grid(config.grid_points, config.lowest_background_efficiency);
    curves.signal_grid = signal_efficiency_grid(config.grid_points);
    curves.signal_efficiency = Matrix<double>(count, config.grid_points);
    curves.sic = curves.signal_efficiency;
    curves.sic_by_signal = curves.signal_efficiency;
    for (std::size_t run = 0; run < count; ++run) {
        curves.last =
            roc_curve(runs.scores[run], runs.events.label, runs.events.mapped, config.denominator);
        const RocCurve& roc = curves.last;
        const double minimum = config.minimum_background;
        const auto sic = sic_at_background_efficiency(roc, curves.background_grid, minimum);
        std::ranges::copy(signal_efficiency_at(roc, curves.background_grid),
                          curves.signal_efficiency.row(run).begin());
        std::ranges::copy(sic, curves.sic.row(run).begin());
        std::ranges::copy(sic_at_signal_efficiency(roc, curves.signal_grid, minimum),
                          curves.sic_by_signal.row(run).begin());
        curves.max_sic.push_back(max_ignoring_nan(sic));
        curves.sic_at_percent.push_back(sic_at(roc, 1e-2, minimum));
        curves.sic_at_permille.push_back(sic_at(roc, 1e-3, minimum));
        curves.area.push_back(area_under_curve(roc));
    }
    return curves;
}

// S / sqrt(B) in the signal region of the data (all three parts of it).
double data_significance(const ScoredRuns& runs) {
    double signal = 0;
    double background = 0;
    for (std::size_t row = 0; row < runs.events.size(); ++row) {
        const Partition partition = runs.events.partition[row];
        const bool in_data = partition == Partition::training ||
                             partition == Partition::validation || partition == Partition::test;
        if (!in_data || !runs.signal_region.contains(runs.events.mass[row])) continue;
        (runs.events.label[row] == 1 ? signal : background) += 1;
    }
    return initial_significance(signal, background);
}

ScoredRuns evaluation_events(const ScoredRuns& runs, const std::string& path) {
    if (!runs.events.has_label()) {
        throw InputError(
            path +
            " has no truth labels, which the significance improvement needs: name label_column in "
            "prepare, or evaluate sculpting only");
    }
    const auto rows = rows_where(runs.events, [&](std::size_t row) {
        const Partition partition = runs.events.partition[row];
        return runs.signal_region.contains(runs.events.mass[row]) &&
               (partition == Partition::test || partition == Partition::evaluation);
    });
    require_events(rows.size(), 2, "test and evaluation events in the signal region", path);
    return take(runs, rows);
}

}  // namespace

Summary run_evaluate_sic(const EvaluateSicConfig& config, const StageContext& context,
                         const EvaluatePaths& paths) {
    check_output(paths.output, context.overwrite);
    const ScoredRuns all = read_scored_runs(paths.scores);
    const ScoredRuns runs = evaluation_events(all, paths.scores.front());
    const SicCurves curves = sic_curves(config, runs);
    const Band sic = band_over_runs(curves.sic);
    const double max_median = max_ignoring_nan(sic.median);
    const double at_percent = median_of(curves.sic_at_percent);
    const double at_permille = median_of(curves.sic_at_permille);
    const double significance = data_significance(all);

    OutputFile file(paths.output, FileFormat::metrics, context.overwrite);
    write_metrics_header(file, "sic", runs);
    detail::write_vector<double>(file, "/background_efficiency", curves.background_grid);
    write_band(file, "/signal_efficiency", curves.signal_efficiency,
               band_over_runs(curves.signal_efficiency));
    write_band(file, "/sic", curves.sic, sic);
    detail::write_vector<double>(file, "/by_signal_efficiency/signal_efficiency",
                                 curves.signal_grid);
    write_band(file, "/by_signal_efficiency", curves.sic_by_signal,
               band_over_runs(curves.sic_by_signal));
    detail::write_vector<double>(file, "/max_sic", curves.max_sic);
    detail::write_vector<double>(file, "/area_under_curve", curves.area);
    file.set_attribute("/", "max_median_sic", max_median);
    file.set_attribute("/", "sic_at_1e-2", at_percent);
    file.set_attribute("/", "sic_at_1e-3", at_permille);
    file.set_attribute("/", "initial_significance", significance);
    file.set_attribute("/", "signal_events", curves.last.signal_events);
    file.set_attribute("/", "background_events", curves.last.background_events);
    file.set_attribute("/", "signal_not_mapped", curves.last.signal_not_mapped);
    file.set_attribute("/", "background_not_mapped", curves.last.background_not_mapped);
    file.set_attribute("/", "denominator",
                       std::string(config.denominator == Denominator::all ? "all" : "mapped"));
    EvaluateSicConfig shown = config;
    const std::string hash = file.commit(
        make_provenance(context, effective_config(context, section(shown)), all.records));
    return {{"output", paths.output},
            {"method", runs.method},
            {"runs", static_cast<std::int64_t>(runs.scores.size())},
            {"max_median_sic", max_median},
            {"sic_at_1e-2", at_percent},
            {"sic_at_1e-3", at_permille},
            {"area_under_curve", median_of(curves.area)},
            {"initial_significance", significance},
            {"signal_events", curves.last.signal_events},
            {"background_events", curves.last.background_events},
            {"content_hash", hash}};
}

}  // namespace lacathode
