// Stage score: the anomaly score of every event.
#pragma once

#include <string>

#include "lacathode/stages/classifier_file.hpp"
#include "lacathode/stages/context.hpp"

namespace lacathode {

/// One column "score": mean sigmoid output of the kept epochs; NaN where the row is not mapped.
EventTable score_events(const ClassifierModel& model, Classifier& classifier,
                        const EventTable& events);

struct ScorePaths {
    std::string classifier;
    std::string events;  ///< latent file for lacathode, events file for cathode
    std::string output;
};
/// Throws InputError if a latent file was made by another flow than the classifier's.
Summary run_score(const ScoreConfig& config, const StageContext& context, const ScorePaths& paths);

}  // namespace lacathode
