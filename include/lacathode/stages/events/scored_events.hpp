// The scores of several retrainings over the same events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/method.hpp"
#include "lacathode/core/provenance.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/frame/job.hpp"
#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {

struct ScoredEvents {
    EventTable events;                       ///< without features; mapped by every retraining
    std::vector<std::vector<float>> scores;  ///< [R][N]
    MassWindow signal_region;
    Method method;
    std::vector<InputRecord> records;
    std::size_t reference_events = 0;  ///< that the scores of a single file are aligned with; or 0
    /// The most that one of the classifiers has learned from; none if a file does not tell.
    std::optional<std::int64_t> signal_in_training = {};
};

/// The method that a scores file is of. Throws InputError if it names none.
Method method_of(const EventReader& scores);

/// Whether an event is in the same part of the data; training and validation count as one, since a
/// classifier that draws its own validation events may learn from all of them.
bool same_part(Partition a, Partition b);

/// The rows are the same events, in the same part of the data; `mapped` may differ, since each flow
/// has a range of its own.
bool same_events(const EventTable& a, const EventTable& b);

/// Of the same events, as two trainings have them: not mapped where one does not map, and training
/// where one may have learned.
void keep_what_all_agree_on(EventTable& events, const EventTable& others);

/// Throws InputError if validation events are asked for and there are none, as where the
/// classifiers drew their own; `source` names the scores in it.
void require_part(const ScoredEvents& scored, EvaluatedPart part, const std::string& source);

/// Throws InputError unless all files hold the same events, method and signal region; UsageError
/// without files.
ScoredEvents read_scores(const std::vector<std::string>& paths);

/// Names the scores as what the job's output is made from, and reports method and retrainings.
void introduce(const ScoredEvents& scored, Job& job);

/// The background that a cut is judged by: the events of `part` that are not labelled as signal; of
/// data that nobody has labelled all count. Throws InputError if there are fewer than two; `source`
/// names the scores in it.
ScoredEvents background_events(const ScoredEvents& scored, EvaluatedPart part,
                               const std::string& source);

/// The rows of `events` and of every retraining's scores.
ScoredEvents take(const ScoredEvents& all, const std::vector<std::size_t>& rows);

}  // namespace lacathode
