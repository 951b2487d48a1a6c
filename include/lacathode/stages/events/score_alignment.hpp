// A score as the fraction of background that scores as high: what classifiers have in common.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/frame/job.hpp"

namespace lacathode {

/// Scores of background that no classifier was fitted to, ascending: the mapped validation events
/// in the signal region, which chose its best epochs unless they were drawn for this. Throws
/// InputError if there are none, test events (which data have, and no sample of background) or
/// events of other weights than one.
std::vector<float> read_reference(const EventReader& background, std::size_t block_rows);

/// r of docs/method.md (5.6), in (0, 1]. `reference` ascends.
double background_efficiency(float score, const std::vector<float>& reference);
/// The same for an event of the reference, whose score is one of them, among the others.
double efficiency_among_others(float score, const std::vector<float>& reference);

/// An aligned score is -ln r (lacathode-combine-folds): 0 or more, no unit.
float aligned_score(double background_efficiency);
/// r <= `efficiency`: the cut is known before any data are looked at.
bool passes_cut(float aligned_score, double efficiency);

/// What a file of aligned scores counts beside its events: those of its smallest reference.
inline constexpr const char* reference_events = "reference_events";
/// That number; 0 if the file's scores are not aligned.
std::size_t reference_events_of(const EventHeader& scores);

/// Opens them as inputs of the job, by the roles ROLE_00, ROLE_01, ...
std::vector<EventReader> open_scores(const std::vector<std::string>& paths, const std::string& role,
                                     Job& job);

/// Throws InputError: "A and B PROBLEM".
[[noreturn]] void refuse_together(const EventReader& a, const EventReader& b,
                                  const std::string& problem);

/// Rows first ... first + count - 1 of each file. Throws InputError, with what to do, if those of
/// one are not the same events as those of the first.
std::vector<EventTable> read_together(
    const std::vector<EventReader>& scores, std::size_t first, std::size_t count,
    const std::function<bool(const EventTable&, const EventTable&)>& are_same,
    const std::string& what_to_do);

/// Throws InputError that names both files unless `background` are scores by the classifier of
/// `scores`.
void require_same_classifier(const EventReader& background, const EventReader& scores);

/// Throws InputError if it has the content of one of `scores`: data in the place of background
/// would make every cut keep its fraction of them.
void require_other_events(const EventReader& background, const std::vector<EventReader>& scores);

/// Throws InputError if two of them have the same content: it would weigh twice.
void require_distinct(const std::vector<EventReader>& scores);

/// Stands for the classifiers, and for what they are aligned with: equal for scores of data and of
/// background by the same ones, combined by the same stage.
std::string combined_hash(const std::string& stage, const std::vector<EventReader>& scores,
                          const std::vector<EventReader>& backgrounds);

}  // namespace lacathode
