// Stage train-classifier: signal-region data against generated background.
#pragma once

#include <string>

#include "lacathode/core/event_table.hpp"
#include "lacathode/stages/classifier_file.hpp"
#include "lacathode/stages/context.hpp"

namespace lacathode {

/// Trains on mapped signal-region rows of `data` (target 1) and rows of `background` (target 0),
/// each by its own partition; inputs are standardised with the mean and std of the signal-region
/// training data. Throws InputError if any of the four sets is empty.
ClassifierModel compute_classifier(const TrainClassifierConfig& config, const EventTable& data,
                                   const EventTable& background, const MassWindow& signal_region,
                                   const Execution& execution, const RandomStream& stream);

struct TrainClassifierPaths {
    std::string data;        ///< latent file (lacathode) or events file (cathode)
    std::string background;  ///< from stage sample, of the same kind
    std::string output;
};
/// The background file says which method it is for. Throws InputError if data and background were
/// made by different flows or are of different kinds.
Summary run_train_classifier(const TrainClassifierConfig& config, const StageContext& context,
                             const TrainClassifierPaths& paths);

}  // namespace lacathode
