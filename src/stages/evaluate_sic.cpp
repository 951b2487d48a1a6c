#include "lacathode/stages/evaluate_sic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stats/sic.hpp"

namespace lacathode {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// S / sqrt(B) in the signal region of the data (all three parts of it).
double data_significance(const ScoredEvents& scored) {
    double signal = 0;
    double background = 0;
    for (std::size_t row = 0; row < scored.events.size(); ++row) {
        if (!is_data(scored.events.partition[row]) ||
            !scored.signal_region.contains(scored.events.mass[row]))
            continue;
        (scored.events.label[row] == 1 ? signal : background) += scored.events.weight_of(row);
    }
    return initial_significance(signal, background);
}

ScoredEvents evaluation_events(const ScoredEvents& scored, EvaluatedPart part,
                               const std::string& source) {
    if (!scored.events.has_label()) {
        throw InputError(source +
                         " has no truth labels, which the significance improvement needs: name "
                         "label_column in prepare, or evaluate sculpting only");
    }
    require_part(scored, part, source);
    // Background that no training has seen is for results, not for choosing settings.
    const auto counts = [&](std::size_t row) {
        const Partition partition = scored.events.partition[row];
        return partition == partition_of(part) ||
               (partition == Partition::evaluation &&
                (part == EvaluatedPart::test || scored.events.label[row] == 1));
    };
    const auto rows = rows_where(scored.events, [&](std::size_t row) {
        return scored.signal_region.contains(scored.events.mass[row]) && counts(row);
    });
    require_events(rows.size(), 2, "events to evaluate in the signal region", source);
    return take(scored, rows);
}

Band band_of(std::vector<double> values) {
    const std::size_t count = values.size();
    return band_over_retrainings(Matrix<double>(count, 1, std::move(values)));
}

// The events that a cut of the background efficiency keeps; with weights, the number that would
// count as well (docs/method.md (6.8)), linear between the points of the grid.
double selected_background(const SicMetrics& metrics, double efficiency) {
    const std::vector<double>& known = metrics.effective_background;
    if (known.empty()) return efficiency * static_cast<double>(metrics.background_events);
    const std::vector<double>& grid = metrics.background_efficiency;
    if (!(grid.front() <= efficiency && efficiency <= grid.back())) return nan;
    const auto above = std::ranges::upper_bound(grid, efficiency);
    const auto next = std::clamp<std::ptrdiff_t>(above - grid.begin(), 1, std::ssize(grid) - 1);
    const auto i = static_cast<std::size_t>(next);
    return std::lerp(known[i - 1], known[i], (efficiency - grid[i - 1]) / (grid[i] - grid[i - 1]));
}

// `band` is over the retrainings; its `entry` is at that efficiency, where a cut keeps `selected`
// background events.
SicPoint sic_point(const Band& band, std::size_t entry, double background_efficiency,
                   double selected) {
    return {.background_efficiency = background_efficiency,
            .selected_background = selected,
            .sic = band.median[entry],
            .low = band.low[entry],
            .high = band.high[entry],
            .counting_error = sic_counting_error(band.median[entry], selected)};
}

SicPoint best_point(const SicMetrics& metrics) {
    const auto best = argmax_ignoring_nan(metrics.sic.band.median);
    if (!best) return {nan, nan, nan, nan, nan, nan};
    const double efficiency = metrics.background_efficiency[*best];
    return sic_point(metrics.sic.band, *best, efficiency, selected_background(metrics, efficiency));
}

// At one background efficiency, of each retraining; the grid need not reach it.
struct QuotedSic {
    double background_efficiency;
    std::vector<double> sic;
    std::vector<double> selected;  ///< background events, as selected_background counts them

    void add(const RocCurve& roc, double minimum_background, bool weighted) {
        sic.push_back(sic_at(roc, background_efficiency, minimum_background));
        selected.push_back(
            weighted ? effective_background_at(roc, {&background_efficiency, 1}).front()
                     : background_efficiency * static_cast<double>(roc.background_events));
    }
    [[nodiscard]] SicPoint point() && {
        const double events = band_of(std::move(selected)).median.front();
        return sic_point(band_of(std::move(sic)), 0, background_efficiency, events);
    }
};

// Of the medians of both forms of the curve; eps_B = (eps_S / SIC)^2 in the second. It may lie
// below the grid of the first, so that of events with weights the background that counts there is
// told: `effective` [G], else empty.
void add_counting_errors(SicMetrics& metrics, const std::vector<double>& effective) {
    for (std::size_t i = 0; i < metrics.background_efficiency.size(); ++i) {
        metrics.counting_error.push_back(
            sic_counting_error(metrics.sic.band.median[i],
                               selected_background(metrics, metrics.background_efficiency[i])));
    }
    for (std::size_t i = 0; i < metrics.signal_efficiency_grid.size(); ++i) {
        const double sic = metrics.sic_by_signal_efficiency.band.median[i];
        const double ratio = metrics.signal_efficiency_grid[i] / sic;
        metrics.counting_error_by_signal_efficiency.push_back(sic_counting_error(
            sic, effective.empty() ? selected_background(metrics, ratio * ratio) : effective[i]));
    }
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
             unmapped_field(c.unmapped),
             evaluated_part_field(c.part)}};
}

std::vector<Argument> EvaluateSic::arguments(Paths& paths) {
    return {{"scores", ArgumentKind::input, "One scores file a retraining, all of the same events.",
             &paths.scores},
            {"output", ArgumentKind::output, "Metrics file to write.", &paths.output}};
}

std::vector<std::string> EvaluateSic::lacks(const Config& config, const EventCounts& events) {
    Problems found;
    found.unless(events.has_label(),
                 "no truth labels, which the significance improvement needs: name "
                 "prepare.label_column, or set run.sic to false");
    if (!found.empty()) return found.take();
    const Partition part = partition_of(config.part);
    const auto evaluation = [&](auto count) {
        return (events.*count)(Partition::evaluation, Region::signal_region);
    };
    std::size_t background = events.background(part, Region::signal_region);
    if (config.part == EvaluatedPart::test) background += evaluation(&EventCounts::background);
    found.unless(background > 0,
                 "no background event to evaluate in the signal region: leave a test part "
                 "(prepare.training_fraction, validation_fraction), name prepare.extra_background, "
                 "or set run.sic to false");
    const std::size_t signal =
        events.signal(part, Region::signal_region) + evaluation(&EventCounts::signal);
    found.unless(signal > 0,
                 "no signal event to evaluate in the signal region: label some, or set run.sic to "
                 "false");
    return found.take();
}

SicMetrics EvaluateSic::compute(const Config& config, const ScoredEvents& scored,
                                const std::string& source) {
    const ScoredEvents tested = evaluation_events(scored, config.part, source);
    const std::size_t retrainings = tested.scores.size();
    SicMetrics metrics;
    metrics.background_efficiency =
        background_efficiency_grid(config.grid_points, config.lowest_background_efficiency);
    metrics.signal_efficiency_grid = signal_efficiency_grid(config.grid_points);
    Matrix<double> signal_efficiency(retrainings, config.grid_points);
    Matrix<double> sic = signal_efficiency;
    Matrix<double> sic_by_signal = signal_efficiency;
    QuotedSic at_percent{1e-2, {}, {}};
    QuotedSic at_permille{1e-3, {}, {}};
    const double minimum = config.minimum_background;
    const bool weighted = !tested.events.counts_rows();
    Matrix<double> effective(weighted ? retrainings : 0, config.grid_points);
    Matrix<double> effective_by_signal = effective;
    for (std::size_t i = 0; i < retrainings; ++i) {
        const RocCurve roc = roc_curve(
            tested.scores[i], tested.events.label, tested.events.mapped, config.unmapped,
            weighted ? std::span<const float>(tested.events.weight) : std::span<const float>());
        std::ranges::copy(signal_efficiency_at(roc, metrics.background_efficiency),
                          signal_efficiency.row(i).begin());
        std::ranges::copy(sic_at_background_efficiency(roc, metrics.background_efficiency, minimum),
                          sic.row(i).begin());
        std::ranges::copy(sic_at_signal_efficiency(roc, metrics.signal_efficiency_grid, minimum),
                          sic_by_signal.row(i).begin());
        if (weighted) {
            std::ranges::copy(effective_background_at(roc, metrics.background_efficiency),
                              effective.row(i).begin());
            std::ranges::copy(effective_background_at_signal_efficiency(
                                  roc, metrics.signal_efficiency_grid, minimum),
                              effective_by_signal.row(i).begin());
        }
        metrics.max_sic.push_back(max_ignoring_nan(sic.row(i)));
        metrics.area_under_curve.push_back(lacathode::area_under_curve(roc));
        at_percent.add(roc, minimum, weighted);
        at_permille.add(roc, minimum, weighted);
        // The same of every retraining: they score the same events.
        metrics.signal_events = roc.signal_events;
        metrics.background_events = roc.background_events;
        metrics.signal_not_mapped = roc.signal_not_mapped;
        metrics.background_not_mapped = roc.background_not_mapped;
    }
    metrics.signal_efficiency = curve_band(std::move(signal_efficiency));
    metrics.sic = curve_band(std::move(sic));
    metrics.sic_by_signal_efficiency = curve_band(std::move(sic_by_signal));
    if (weighted) metrics.effective_background = band_over_retrainings(effective).median;
    add_counting_errors(metrics, weighted ? band_over_retrainings(effective_by_signal).median
                                          : std::vector<double>());
    metrics.best = best_point(metrics);
    metrics.at_percent = std::move(at_percent).point();
    metrics.at_permille = std::move(at_permille).point();
    metrics.initial_significance = data_significance(scored);
    return metrics;
}

void EvaluateSic::run(const Config& config, const Paths& paths, Job& job) {
    const ScoredEvents scored = read_scores(paths.scores);
    const SicMetrics metrics = compute(config, scored, paths.scores.front());
    introduce(scored, job);
    job.report(summary_of(headline(metrics)));
    job.report("area_under_curve", band_of(metrics.area_under_curve).median.front());
    job.report("signal_events", metrics.signal_events);
    job.report("background_events", metrics.background_events);
    OutputFile file(paths.output, FileFormat::metrics, job.overwrite());
    write_metrics(file,
                  {scored.method, scored.events.mass_column, scored.signal_region, config.unmapped,
                   config.part},
                  metrics);
    job.commit(file);
}

}  // namespace lacathode
