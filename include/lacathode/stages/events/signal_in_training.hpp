// How much true signal classifiers have learned from, as their files and their scores count it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lacathode/io/event_file.hpp"
#include "lacathode/io/shared_groups.hpp"

namespace lacathode {

/// What a classifier's file counts beside its sets, and its scores do too: events labelled as
/// signal among the data that trained or validated it, if they are labelled.
inline constexpr const char* signal_in_training = "signal_in_training";

/// That number; none of unlabelled data, in files of versions that did not count it, and of scores
/// that no classifier made.
std::optional<std::int64_t> signal_in_training_of(const Counts& counts);

/// The larger number; none where one of them is not known.
std::optional<std::int64_t> larger_of_known(std::optional<std::int64_t> a,
                                            std::optional<std::int64_t> b);

/// The most that one of the classifiers of `scores` (at least one) has learned from; none where one
/// of the files does not tell.
std::optional<std::int64_t> most_signal_in_training(const std::vector<EventReader>& scores);

/// Adds the number to what scores count, if it is known.
void count_signal_in_training(Counts& counts, std::optional<std::int64_t> signal);

}  // namespace lacathode
