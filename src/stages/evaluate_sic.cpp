#include "lacathode/stages/evaluate_sic.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/stages/support/event_selection.hpp"
#include "lacathode/stages/support/settings.hpp"
#include "lacathode/stats/sic.hpp"

namespace lacathode {
namespace {

// S / sqrt(B) in the signal region of the data (all three parts of it).
double data_significance(const ScoredEvents& scored) {
    double signal = 0;
    double background = 0;
    for (std::size_t row = 0; row < scored.events.size(); ++row) {
        const Partition partition = scored.events.partition[row];
        const bool in_data = partition == Partition::training ||
                             partition == Partition::validation || partition == Partition::test;
        if (!in_data || !scored.signal_region.contains(scored.events.mass[row])) continue;
        (scored.events.label[row] == 1 ? signal : background) += 1;
    }
    return initial_significance(signal, background);
}

ScoredEvents evaluation_events(const ScoredEvents& scored, const std::string& source) {
    if (!scored.events.has_label()) {
        throw InputError(source +
                         " has no truth labels, which the significance improvement needs: name "
                         "label_column in prepare, or evaluate sculpting only");
    }
    const auto rows = rows_where(scored.events, [&](std::size_t row) {
        const Partition partition = scored.events.partition[row];
        return scored.signal_region.contains(scored.events.mass[row]) &&
               (partition == Partition::test || partition == Partition::evaluation);
    });
    require_events(rows.size(), 2, "test and evaluation events in the signal region", source);
    return take(scored, rows);
}

double median_of(std::vector<double> values) {
    const std::size_t count = values.size();
    return band_over_retrainings(Matrix<double>(count, 1, std::move(values))).median.front();
}

}  // namespace

Section EvaluateSic::section(Config& c) {
    return {name,
            {{"grid_points", "", "Points of the log-spaced grid of background efficiencies.",
              &c.grid_points, Range::within(2, 1e6)},
             {"lowest_background_efficiency", "", "Lower end of that grid.",
              &c.lowest_background_efficiency, Range::fraction()},
             {"minimum_background", "events",
              "Points with fewer selected background events are not shown.", &c.minimum_background,
              Range::at_least(0)},
             denominator_field(c.denominator)}};
}

std::vector<std::string> EvaluateSic::problems(const Config& config) {
    Config c = config;
    return range_problems(section(c));
}

std::vector<Argument> EvaluateSic::arguments(Paths& paths) {
    return {{"scores", ArgumentKind::input, "One scores file a retraining, all of the same events.",
             &paths.scores},
            {"output", ArgumentKind::output, "Metrics file to write.", &paths.output}};
}

SicMetrics EvaluateSic::compute(const Config& config, const ScoredEvents& scored,
                                const std::string& source) {
    const ScoredEvents tested = evaluation_events(scored, source);
    const std::size_t retrainings = tested.scores.size();
    SicMetrics metrics;
    metrics.background_efficiency =
        background_efficiency_grid(config.grid_points, config.lowest_background_efficiency);
    metrics.signal_efficiency_grid = signal_efficiency_grid(config.grid_points);
    Matrix<double> signal_efficiency(retrainings, config.grid_points);
    Matrix<double> sic = signal_efficiency;
    Matrix<double> sic_by_signal = signal_efficiency;
    std::vector<double> at_percent;
    std::vector<double> at_permille;
    const double minimum = config.minimum_background;
    for (std::size_t i = 0; i < retrainings; ++i) {
        const RocCurve roc = roc_curve(tested.scores[i], tested.events.label, tested.events.mapped,
                                       config.denominator);
        std::ranges::copy(signal_efficiency_at(roc, metrics.background_efficiency),
                          signal_efficiency.row(i).begin());
        std::ranges::copy(sic_at_background_efficiency(roc, metrics.background_efficiency, minimum),
                          sic.row(i).begin());
        std::ranges::copy(sic_at_signal_efficiency(roc, metrics.signal_efficiency_grid, minimum),
                          sic_by_signal.row(i).begin());
        metrics.max_sic.push_back(max_ignoring_nan(sic.row(i)));
        metrics.area_under_curve.push_back(lacathode::area_under_curve(roc));
        at_percent.push_back(sic_at(roc, 1e-2, minimum));
        at_permille.push_back(sic_at(roc, 1e-3, minimum));
        // The same of every retraining: they score the same events.
        metrics.signal_events = roc.signal_events;
        metrics.background_events = roc.background_events;
        metrics.signal_not_mapped = roc.signal_not_mapped;
        metrics.background_not_mapped = roc.background_not_mapped;
    }
    metrics.signal_efficiency = curve_band(std::move(signal_efficiency));
    metrics.sic = curve_band(std::move(sic));
    metrics.sic_by_signal_efficiency = curve_band(std::move(sic_by_signal));
    metrics.max_median_sic = max_ignoring_nan(metrics.sic.band.median);
    metrics.sic_at_percent = median_of(std::move(at_percent));
    metrics.sic_at_permille = median_of(std::move(at_permille));
    metrics.initial_significance = data_significance(scored);
    return metrics;
}

void EvaluateSic::run(const Config& config, const Paths& paths, Job& job) {
    const ScoredEvents scored = read_scores(paths.scores);
    const SicMetrics metrics = compute(config, scored, paths.scores.front());
    introduce(scored, job);
    for (const Quantity& quantity : headline(metrics)) job.report(quantity.name, quantity.value);
    job.report("area_under_curve", median_of(metrics.area_under_curve));
    job.report("signal_events", metrics.signal_events);
    job.report("background_events", metrics.background_events);
    OutputFile file(paths.output, FileFormat::metrics, job.overwrite());
    write_metrics(
        file, {scored.method, scored.events.mass_column, scored.signal_region, config.denominator},
        metrics);
    job.commit(file);
}

}  // namespace lacathode
