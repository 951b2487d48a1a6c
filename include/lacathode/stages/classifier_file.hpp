// A trained classifier as a file: lacathode.classifier (docs/formats.md).
#pragma once

#include <string>
#include <vector>

#include "lacathode/config/configs.hpp"
#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/ml/classifier_training.hpp"
#include "lacathode/preprocess/standardisation.hpp"

namespace lacathode {

struct ClassifierModel {
    TrainedClassifier classifier;
    Standardisation standardisation;
    Method method = Method::lacathode;
    std::vector<Column> inputs;
    MassWindow signal_region;
    std::string flow_hash;  ///< the flow whose latent space or samples it was trained on
    Counts counts;
    std::string hash;  ///< content hash of the file; empty before it is written
};

std::string write_classifier(const std::string& path, const ClassifierModel& model,
                             const Provenance& provenance, Overwrite overwrite);
/// Throws InputError naming the file for anything that is missing, misshapen or impossible.
ClassifierModel read_classifier(const std::string& path);

}  // namespace lacathode
