#include "evaluate_inputs.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/io/event_file.hpp"
#include "model_file.hpp"

namespace lacathode {
namespace {

bool same_events(const EventTable& a, const EventTable& b) {
    return a.mass == b.mass && a.label == b.label && a.partition == b.partition &&
           a.source_row == b.source_row && a.mapped == b.mapped;
}

std::vector<float> score_column(const EventTable& events) {
    const auto values = events.features.values();
    return {values.begin(), values.end()};
}

// The same run twice would narrow the band over the runs.
void require_new(const std::vector<InputRecord>& records, const InputRecord& record) {
    const auto same = std::ranges::find(records, record.content_hash, &InputRecord::content_hash);
    if (same == records.end()) return;
    throw InputError(concat(record.path, " is given twice (its content is that of ", same->path,
                            "): name each run's scores once"));
}

}  // namespace

ScoredRuns read_scored_runs(const std::vector<std::string>& paths) {
    if (paths.empty()) throw UsageError("no scores: give one scores file a run with --scores");
    const EventReader first(paths.front(), EventKind::scores);
    ScoredRuns runs{.events = first.read_all(),
                    .scores = {},
                    .signal_region = first.header().signal_region,
                    .method = first.header().method,
                    .records = {first.record("scores_00")}};
    runs.scores.push_back(score_column(runs.events));
    for (std::size_t run = 1; run < paths.size(); ++run) {
        const EventReader reader(paths[run], EventKind::scores);
        const EventTable events = reader.read_all();
        if (!same_events(events, runs.events) ||
            reader.header().signal_region != runs.signal_region ||
            reader.header().method != runs.method) {
            throw InputError(concat(
                paths[run], " and ", paths.front(),
                " hold different events, methods or signal regions: evaluate runs of one method on "
                "the same events"));
        }
        require_new(runs.records, reader.record(""));
        runs.scores.push_back(score_column(events));
        runs.records.push_back(reader.record(concat("scores_", run < 10 ? "0" : "", run)));
    }
    runs.events.features = Matrix<float>(runs.events.size(), 0);
    runs.events.feature_columns.clear();
    return runs;
}

ScoredRuns take(const ScoredRuns& runs, const std::vector<std::size_t>& rows) {
    ScoredRuns result{.events = runs.events.take(rows),
                      .scores = {},
                      .signal_region = runs.signal_region,
                      .method = runs.method,
                      .records = runs.records};
    for (const std::vector<float>& scores : runs.scores) {
        std::vector<float> taken;
        taken.reserve(rows.size());
        for (const std::size_t row : rows) taken.push_back(scores[row]);
        result.scores.push_back(std::move(taken));
    }
    return result;
}

void write_band(OutputFile& file, const std::string& name, const Matrix<double>& runs,
                const Band& band) {
    file.write<double>(name + "/runs", runs.values(), {runs.rows(), runs.cols()});
    detail::write_vector<double>(file, name + "/median", band.median);
    detail::write_vector<double>(file, name + "/low", band.low);
    detail::write_vector<double>(file, name + "/high", band.high);
}

void write_metrics_header(OutputFile& file, const std::string& kind, const ScoredRuns& runs) {
    file.set_attribute("/", "kind", kind);
    file.set_attribute("/", "method", runs.method);
    file.set_attribute("/", "mass_name", runs.events.mass_column.name);
    file.set_attribute("/", "mass_unit", runs.events.mass_column.unit);
    detail::write_signal_region(file, runs.signal_region);
}

}  // namespace lacathode
