#include "lacathode/stages/evaluate_sculpting.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stats/quantile.hpp"
#include "lacathode/stats/sculpting.hpp"

namespace lacathode {
namespace {

// Signal among the scored events that whoever trained on them has seen. With folds every event of
// the data is one that the other folds learned from.
std::int64_t signal_to_learn_from(const ScoredEvents& scored) {
    const EventTable& events = scored.events;
    if (!events.has_label()) return 0;
    const bool labelled = info(scored.method).data == Data::labelled_signal;
    const auto is_learned = labelled ? is_set_aside : events.has_fold() ? is_data : is_trained_on;
    const auto signal = rows_where(events, [&](std::size_t row) {
        return events.label[row] == 1 && is_learned(events.partition[row]) &&
               scored.signal_region.contains(events.mass[row]);
    });
    return static_cast<std::int64_t>(signal.size());
}

// A classifier that has seen signal learned more than the difference between flow and background.
// Scores of ANODE and of earlier versions do not tell; most are of the training's own events.
std::int64_t learned_signal(const ScoredEvents& scored) {
    return scored.signal_in_training ? *scored.signal_in_training : signal_to_learn_from(scored);
}

// Of data the number selected follows from the cut: its median over the retrainings.
std::vector<RandomSelectionNull::Summary> null_of_selections(const SculptingStudy& study,
                                                             const Matrix<std::int64_t>& selected) {
    std::vector<RandomSelectionNull::Summary> null;
    for (std::size_t point = 0; point < selected.cols(); ++point) {
        std::vector<double> counts;
        for (std::size_t i = 0; i < selected.rows(); ++i)
            counts.push_back(static_cast<double>(selected(i, point)));
        std::ranges::sort(counts);
        null.push_back(study.null(std::llround(quantile_of_sorted(counts, 0.5))));
    }
    return null;
}

// Bins of equal content would lie in the signal region alone, and sculpting go unseen.
void require_sidebands(const ScoredEvents& tested, const std::string& source) {
    const bool any = std::ranges::any_of(
        tested.events.mass, [&](double mass) { return !tested.signal_region.contains(mass); });
    if (any) return;
    throw InputError(concat(source,
                            ": no event to evaluate in the sidebands, whose spectrum is judged: "
                            "leave them a test part (prepare.sideband_training_fraction, "
                            "sideband_validation_fraction)"));
}

void warn_of_what_is_judged(const SculptingMetrics& metrics, const std::string& source) {
    if (metrics.judged == Judged::sidebands) {
        log_warning(concat(source,
                           " has no truth labels: only the sidebands are judged, since a "
                           "bump in the signal region is what one hopes for"));
    }
    if (metrics.signal_in_training > 0) {
        log_warning(concat(source, ": the classifier has learned from ", metrics.signal_in_training,
                           " signal events; what its cut does to the spectrum is no "
                           "measure of sculpting without signal (prepare.injected_signal = 0)"));
    }
}

}  // namespace

Section EvaluateSculpting::section(Config& c) {
    return {name,
            {{"bins", "", "Equal-content bins of the mass.", &c.bins, Range::within(2, 1e6)},
             {"efficiencies", "", "Fractions of signal-region background kept by the cut.",
              &c.efficiencies, Range::fraction()},
             unmapped_field(c.unmapped),
             evaluated_part_field(c.part)}};
}

std::vector<std::string> EvaluateSculpting::problems(const Config& config) {
    Config c = config;
    Problems found;
    found.add(range_problems(section(c)));
    found.unless(!c.efficiencies.empty(),
                 "evaluate_sculpting.efficiencies must list numbers between 0 and 1");
    found.unless(std::ranges::is_sorted(c.efficiencies),
                 "evaluate_sculpting.efficiencies must ascend");
    return found.take();
}

std::vector<Argument> EvaluateSculpting::arguments(Paths& paths) {
    return {{"scores", ArgumentKind::input, "One scores file a retraining, all of the same events.",
             &paths.scores},
            {"output", ArgumentKind::output, "Metrics file to write.", &paths.output}};
}

std::vector<std::string> EvaluateSculpting::lacks(const Config& config, const EventCounts& events) {
    const Partition part = partition_of(config.part);
    const std::size_t inside = events.background(part, Region::signal_region);
    const std::size_t outside = events.background(part, Region::sideband);
    const std::size_t judged = outside + (events.has_label() ? inside : 0);
    const std::string part_name = evaluated_part_name(config.part);
    Problems found;
    found.unless(inside > 0, "no ", part_name,
                 " event in the signal region, which sets the thresholds of the sculpting "
                 "study: leave a test part (prepare.training_fraction, validation_fraction), or "
                 "set run.sculpting to false");
    found.unless(outside > 0, "no ", part_name,
                 " event in the sidebands, whose spectrum the sculpting study judges: leave a "
                 "test part (prepare.sideband_training_fraction, sideband_validation_fraction), or "
                 "set run.sculpting to false");
    if (!found.empty()) return found.take();
    found.unless(judged > config.bins, "only ", judged, " ", part_name,
                 " events for evaluate_sculpting.bins = ", config.bins,
                 " of equal content: use fewer bins, or set run.sculpting to false");
    return found.take();
}

SculptingMetrics EvaluateSculpting::compute(const Config& config, const ScoredEvents& scored,
                                            const std::string& source, const RandomStream& stream) {
    const ScoredEvents tested = background_events(scored, config.part, source);
    require_sidebands(tested, source);
    const Judged judged = tested.events.has_label() ? Judged::everywhere : Judged::sidebands;
    const SculptingStudy study(tested.events.mass, tested.events.mapped, tested.signal_region,
                               {.bins = config.bins, .unmapped = config.unmapped, .judged = judged},
                               tested.events.counts_rows()
                                   ? std::span<const float>()
                                   : std::span<const float>(tested.events.weight));
    const std::size_t retrainings = tested.scores.size();
    SculptingMetrics metrics;
    metrics.judged = judged;
    metrics.signal_in_training = learned_signal(scored);
    metrics.efficiency = config.efficiencies;
    Matrix<double> chi2_per_dof(retrainings, config.efficiencies.size());
    metrics.threshold = chi2_per_dof;
    metrics.p_value = chi2_per_dof;
    metrics.selected = Matrix<std::int64_t>(retrainings, config.efficiencies.size());
    metrics.simulated = Matrix<std::uint8_t>(retrainings, config.efficiencies.size());
    for (std::size_t i = 0; i < retrainings; ++i) {
        const SculptingResult result =
            study.evaluate(tested.scores[i], config.efficiencies, stream.at(i));
        std::ranges::copy(result.chi2_per_dof, chi2_per_dof.row(i).begin());
        std::ranges::copy(result.threshold, metrics.threshold.row(i).begin());
        std::ranges::copy(result.p_value, metrics.p_value.row(i).begin());
        std::ranges::copy(result.simulated, metrics.simulated.row(i).begin());
        std::ranges::copy(result.selected, metrics.selected.row(i).begin());
        const auto histogram = result.histogram.values();
        metrics.histogram.insert(metrics.histogram.end(), histogram.begin(), histogram.end());
        const auto weights = result.weights.values();
        metrics.weights.insert(metrics.weights.end(), weights.begin(), weights.end());
    }
    metrics.chi2_per_dof = curve_band(std::move(chi2_per_dof));
    metrics.null = judged == Judged::everywhere ? study.null(config.efficiencies)
                                                : null_of_selections(study, metrics.selected);
    metrics.edges = study.edges();
    metrics.full = study.full();
    metrics.full_weights = study.full_weights();
    metrics.events = study.events();
    metrics.not_mapped = study.not_mapped();
    return metrics;
}

void EvaluateSculpting::run(const Config& config, const Paths& paths, Job& job) {
    const ScoredEvents scored = read_scores(paths.scores);
    const SculptingMetrics metrics =
        compute(config, scored, paths.scores.front(), job.stream("evaluate_sculpting"));
    warn_of_what_is_judged(metrics, paths.scores.front());
    introduce(scored, job);
    job.report("events", metrics.events);
    job.report("signal_in_training", metrics.signal_in_training);
    job.report(summary_of(headline(metrics)));
    OutputFile file(paths.output, FileFormat::metrics, job.overwrite());
    write_metrics(file,
                  {scored.method, scored.events.mass_column, scored.signal_region, config.unmapped,
                   config.part},
                  metrics);
    job.commit(file);
}

}  // namespace lacathode
