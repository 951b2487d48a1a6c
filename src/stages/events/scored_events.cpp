#include "lacathode/stages/events/scored_events.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/core/values_at.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/score_alignment.hpp"
#include "lacathode/stages/events/signal_in_training.hpp"

namespace lacathode {
namespace {

// What one flow does not map is not mapped for all: every retraining shall count the same events.
void keep_mapped_by_both(EventTable& events, const EventTable& others) {
    if (others.mapped.empty()) return;
    if (events.mapped.empty()) events.mapped.assign(events.size(), 1);
    for (std::size_t row = 0; row < events.size(); ++row) {
        events.mapped[row] = events.mapped[row] != 0 && others.mapped[row] != 0 ? 1 : 0;
    }
}

// What one training may have learned from is training for all.
void count_as_training(EventTable& events, const EventTable& others) {
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (others.partition[row] == Partition::training)
            events.partition[row] = Partition::training;
    }
}

std::vector<float> score_column(const EventTable& events) {
    const auto values = events.features.values();
    return {values.begin(), values.end()};
}

}  // namespace

Method method_of(const EventReader& scores) {
    if (const std::optional<Method> method = scores.header().method) return *method;
    throw InputError(scores.path() + ": names no method; score the events again");
}

bool same_part(Partition a, Partition b) {
    return a == b || (is_trained_on(a) && is_trained_on(b));
}

bool same_events(const EventTable& a, const EventTable& b) {
    return a.mass == b.mass && a.label == b.label && a.source_row == b.source_row &&
           a.weight == b.weight && std::ranges::equal(a.partition, b.partition, same_part);
}

void keep_what_all_agree_on(EventTable& events, const EventTable& others) {
    keep_mapped_by_both(events, others);
    count_as_training(events, others);
}

void require_part(const ScoredEvents& scored, EvaluatedPart part, const std::string& source) {
    if (part == EvaluatedPart::test ||
        std::ranges::count(scored.events.partition, Partition::validation) > 0)
        return;
    throw InputError(
        concat(source,
               ": has no validation events: a classifier that draws its own "
               "(train_classifier.validation_fraction) counts the prepared ones as training, and "
               "folds leave none; evaluate the test events (partition = test)"));
}

ScoredEvents read_scores(const std::vector<std::string>& paths) {
    if (paths.empty())
        throw UsageError("no scores: give one scores file a retraining with --scores");
    const EventReader first(paths.front(), EventKind::scores);
    ScoredEvents all{.events = first.read_all(),
                     .scores = {},
                     .signal_region = first.header().signal_region,
                     .method = method_of(first),
                     .records = {first.record("scores_00")},
                     .signal_in_training = signal_in_training_of(first.header().counts)};
    all.scores.push_back(score_column(all.events));
    for (std::size_t i = 1; i < paths.size(); ++i) {
        const EventReader reader(paths[i], EventKind::scores);
        const EventTable events = reader.read_all();
        if (!same_events(events, all.events) ||
            reader.header().signal_region != all.signal_region ||
            reader.header().method != all.method) {
            throw InputError(concat(paths[i], " and ", paths.front(),
                                    " hold different events, methods or signal regions: evaluate "
                                    "retrainings of one method "
                                    "on the same events"));
        }
        // The same retraining twice would narrow the band over them.
        if (const InputRecord* same = record_of_content(all.records, reader.content_hash())) {
            throw InputError(concat(paths[i], " is given twice (its content is that of ",
                                    same->path, "): name each retraining's scores once"));
        }
        keep_what_all_agree_on(all.events, events);
        all.signal_in_training =
            larger_of_known(all.signal_in_training, signal_in_training_of(reader.header().counts));
        all.scores.push_back(score_column(events));
        all.records.push_back(reader.record("scores_" + two_digits(i)));
    }
    if (paths.size() == 1) all.reference_events = reference_events_of(first.header());
    all.events.features = Matrix<float>(all.events.size(), 0);
    all.events.feature_columns.clear();
    return all;
}

void introduce(const ScoredEvents& scored, Job& job) {
    for (const InputRecord& record : scored.records) job.made_from(record);
    job.report("method", method_name(scored.method));
    job.report("retrainings", static_cast<std::int64_t>(scored.scores.size()));
}

ScoredEvents background_events(const ScoredEvents& scored, EvaluatedPart part,
                               const std::string& source) {
    require_part(scored, part, source);
    const auto rows = rows_where(scored.events, [&](std::size_t row) {
        return scored.events.partition[row] == partition_of(part) &&
               (!scored.events.has_label() || scored.events.label[row] == 0);
    });
    require_events(rows.size(), 2, "events to evaluate", source);
    return take(scored, rows);
}

ScoredEvents take(const ScoredEvents& all, const std::vector<std::size_t>& rows) {
    ScoredEvents result{.events = all.events.take(rows),
                        .scores = {},
                        .signal_region = all.signal_region,
                        .method = all.method,
                        .records = all.records,
                        .reference_events = all.reference_events,
                        .signal_in_training = all.signal_in_training};
    for (const std::vector<float>& scores : all.scores)
        result.scores.push_back(values_at(scores, rows));
    return result;
}

}  // namespace lacathode
