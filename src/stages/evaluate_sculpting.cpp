#include "lacathode/stages/evaluate_sculpting.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/stages/support/event_selection.hpp"
#include "lacathode/stages/support/settings.hpp"
#include "lacathode/stats/sculpting.hpp"

namespace lacathode {
namespace {

ScoredEvents test_background(const ScoredEvents& scored, const std::string& source) {
    const auto rows = rows_where(scored.events, [&](std::size_t row) {
        return scored.events.partition[row] == Partition::test &&
               (!scored.events.has_label() || scored.events.label[row] == 0);
    });
    require_events(rows.size(), 2, "test events", source);
    return take(scored, rows);
}

}  // namespace

Section EvaluateSculpting::section(Config& c) {
    return {name,
            {{"bins", "", "Equal-content bins of the mass.", &c.bins, Range::within(2, 1e6)},
             {"efficiencies", "", "Fractions of signal-region background kept by the cut.",
              &c.efficiencies, Range::fraction()},
             denominator_field(c.denominator)}};
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

SculptingMetrics EvaluateSculpting::compute(const Config& config, const ScoredEvents& scored,
                                            const std::string& source, const RandomStream& stream) {
    const ScoredEvents tested = test_background(scored, source);
    const SculptingStudy study(tested.events.mass, tested.events.mapped, tested.signal_region,
                               {.bins = config.bins, .denominator = config.denominator});
    const std::size_t retrainings = tested.scores.size();
    SculptingMetrics metrics;
    metrics.efficiency = config.efficiencies;
    Matrix<double> chi2_per_dof(retrainings, config.efficiencies.size());
    metrics.threshold = chi2_per_dof;
    metrics.p_value = chi2_per_dof;
    metrics.selected = Matrix<std::int64_t>(retrainings, config.efficiencies.size());
    for (std::size_t i = 0; i < retrainings; ++i) {
        const SculptingResult result =
            study.evaluate(tested.scores[i], config.efficiencies, stream.at(i));
        std::ranges::copy(result.chi2_per_dof, chi2_per_dof.row(i).begin());
        std::ranges::copy(result.threshold, metrics.threshold.row(i).begin());
        std::ranges::copy(result.p_value, metrics.p_value.row(i).begin());
        std::ranges::copy(result.selected, metrics.selected.row(i).begin());
        const auto histogram = result.histogram.values();
        metrics.histogram.insert(metrics.histogram.end(), histogram.begin(), histogram.end());
    }
    metrics.chi2_per_dof = curve_band(std::move(chi2_per_dof));
    metrics.null = study.null(config.efficiencies);
    metrics.edges = study.edges();
    metrics.full = study.full();
    metrics.events = study.events();
    metrics.not_mapped = study.not_mapped();
    return metrics;
}

void EvaluateSculpting::run(const Config& config, const Paths& paths, Job& job) {
    const ScoredEvents scored = read_scores(paths.scores);
    const SculptingMetrics metrics =
        compute(config, scored, paths.scores.front(), job.stream("evaluate_sculpting"));
    introduce(scored, job);
    job.report("test_events", metrics.events);
    for (const Quantity& quantity : headline(metrics)) job.report(quantity.name, quantity.value);
    OutputFile file(paths.output, FileFormat::metrics, job.overwrite());
    write_metrics(
        file, {scored.method, scored.events.mass_column, scored.signal_region, config.denominator},
        metrics);
    job.commit(file);
}

}  // namespace lacathode
