#include <algorithm>
#include <cmath>

#include "evaluate_inputs.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/stages/evaluate.hpp"
#include "lacathode/stages/event_selection.hpp"
#include "lacathode/stats/sculpting.hpp"
#include "model_file.hpp"

namespace lacathode {
namespace {

// Results of all runs, one row a run.
struct SculptingCurves {
    Matrix<double> chi2_per_dof, threshold, p_value;
    Matrix<std::int64_t> selected;
    std::vector<std::int64_t> histogram;  // [R, G, B]
};

SculptingCurves sculpting_curves(const SculptingStudy& study, const ScoredRuns& runs,
                                 const std::vector<double>& efficiencies,
                                 const RandomStream& stream) {
    const std::size_t count = runs.scores.size();
    SculptingCurves curves;
    curves.chi2_per_dof = Matrix<double>(count, efficiencies.size());
    curves.threshold = curves.chi2_per_dof;
    curves.p_value = curves.chi2_per_dof;
    curves.selected = Matrix<std::int64_t>(count, efficiencies.size());
    for (std::size_t run = 0; run < count; ++run) {
        const SculptingRun result = study.evaluate(runs.scores[run], efficiencies, stream.at(run));
        std::ranges::copy(result.chi2_per_dof, curves.chi2_per_dof.row(run).begin());
        std::ranges::copy(result.threshold, curves.threshold.row(run).begin());
        std::ranges::copy(result.p_value, curves.p_value.row(run).begin());
        std::ranges::copy(result.selected, curves.selected.row(run).begin());
        const auto histogram = result.histogram.values();
        curves.histogram.insert(curves.histogram.end(), histogram.begin(), histogram.end());
    }
    return curves;
}

ScoredRuns test_background(const ScoredRuns& runs, const std::string& path) {
    const auto rows = rows_where(runs.events, [&](std::size_t row) {
        return runs.events.partition[row] == Partition::test &&
               (!runs.events.has_label() || runs.events.label[row] == 0);
    });
    require_events(rows.size(), 2, "test events", path);
    return take(runs, rows);
}

void write_null(OutputFile& file, const std::vector<RandomSelectionNull::Summary>& null) {
    std::vector<double> mean, low, high;
    for (const auto& point : null) {
        mean.push_back(point.mean);
        low.push_back(point.low);
        high.push_back(point.high);
    }
    detail::write_vector<double>(file, "/null/mean", mean);
    detail::write_vector<double>(file, "/null/low", low);
    detail::write_vector<double>(file, "/null/high", high);
}

// "chi2_per_dof at 1 %" and its p-value, medians over the runs, at the efficiency nearest to
// `wanted`.
void summarise_at(Summary& summary, double wanted, const std::vector<double>& efficiencies,
                  const Band& chi2, const Band& p_value) {
    const auto nearest = std::ranges::min_element(
        efficiencies, {}, [wanted](double efficiency) { return std::abs(efficiency - wanted); });
    const auto at = static_cast<std::size_t>(nearest - efficiencies.begin());
    summary.emplace_back(concat("chi2_per_dof_at_", *nearest), chi2.median[at]);
    summary.emplace_back(concat("p_value_at_", *nearest), p_value.median[at]);
}

}  // namespace

Summary run_evaluate_sculpting(const EvaluateSculptingConfig& config, const StageContext& context,
                               const EvaluatePaths& paths) {
    check_output(paths.output, context.overwrite);
    const ScoredRuns all = read_scored_runs(paths.scores);
    const ScoredRuns runs = test_background(all, paths.scores.front());
    const SculptingStudy study(runs.events.mass, runs.events.mapped, runs.signal_region,
                               {.bins = config.bins, .denominator = config.denominator});
    const std::vector<double>& efficiencies = config.efficiencies;
    const SculptingCurves curves =
        sculpting_curves(study, runs, efficiencies, stream(context, "evaluate_sculpting"));
    const Band chi2 = band_over_runs(curves.chi2_per_dof);
    const Band p_value = band_over_runs(curves.p_value);

    OutputFile file(paths.output, FileFormat::metrics, context.overwrite);
    write_metrics_header(file, "sculpting", runs);
    const Shape shape = {runs.scores.size(), efficiencies.size()};
    detail::write_vector<double>(file, "/efficiency", efficiencies);
    file.write<double>("/threshold", curves.threshold.values(), shape);
    file.write<std::int64_t>("/selected", curves.selected.values(), shape);
    write_band(file, "/chi2_per_dof", curves.chi2_per_dof, chi2);
    file.write<double>("/p_value", curves.p_value.values(), shape);
    write_null(file, study.null(efficiencies));
    detail::write_vector<double>(file, "/edges", study.edges());
    detail::write_vector<std::int64_t>(file, "/histogram/full", study.full());
    file.write<std::int64_t>("/histogram/selected", curves.histogram,
                             {shape[0], shape[1], config.bins});
    file.set_attribute("/", "events", study.events());
    file.set_attribute("/", "not_mapped", study.not_mapped());
    file.set_attribute("/", "denominator",
                       std::string(config.denominator == Denominator::all ? "all" : "mapped"));
    EvaluateSculptingConfig shown = config;
    const std::string hash = file.commit(
        make_provenance(context, effective_config(context, section(shown)), all.records));
    Summary summary = {{"output", paths.output},
                       {"method", runs.method},
                       {"runs", static_cast<std::int64_t>(runs.scores.size())},
                       {"test_events", study.events()}};
    for (const double wanted : {0.01, 0.05, 0.19})
        summarise_at(summary, wanted, efficiencies, chi2, p_value);
    summary.emplace_back("content_hash", hash);
    return summary;
}

}  // namespace lacathode
