// A trained classifier as a file: lacathode.classifier (docs/formats.md).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lacathode/core/event_origin.hpp"
#include "lacathode/core/event_table.hpp"
#include "lacathode/core/feature_box.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/method.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/io/shared_groups.hpp"
#include "lacathode/ml/mlp_training.hpp"
#include "lacathode/ml/scorer.hpp"
#include "lacathode/ml/trees_training.hpp"
#include "lacathode/models/execution.hpp"
#include "lacathode/models/further_inputs.hpp"
#include "lacathode/preprocess/standardisation.hpp"

namespace lacathode {

/// The families of classifiers, in the order of TrainedClassifier.
enum class ClassifierKind { mlp, trees };
/// The names of the kinds, in files and configurations: "mlp", "trees".
std::vector<std::string> classifier_kinds();

using TrainedClassifier = std::variant<TrainedMlp, TrainedTrees>;

struct ClassifierModel {
    TrainedClassifier classifier;
    Standardisation standardisation;
    Method method;
    std::vector<Column> inputs;  ///< of the events, then the further ones
    FurtherInputs further_inputs = {};
    MassWindow signal_region;
    std::string flow_hash;  ///< the flow whose latent space or samples it was trained on
    std::optional<FeatureBox> box = {};  ///< of a classifier of features: where its flow maps
    EventOrigins trained_on = {};        ///< from the provenance
    double validation_fraction = 0;      ///< of the events, drawn by this training; 0: the prepared
    std::string background_hash = {};    ///< of the table it was trained with, from the provenance
    Counts counts;
    std::string hash;  ///< content hash of the file; empty before it is written
};

/// Everything but the provenance, which comes with OutputFile::commit.
void write_classifier(OutputFile& file, const ClassifierModel& model);
/// Throws InputError naming the file for anything that is missing, misshapen or impossible.
ClassifierModel read_classifier(const std::string& path);

/// What the model says of an event: of an MLP, the mean over its kept epochs.
std::unique_ptr<Scorer> load_scorer(const ClassifierModel& model, const Execution& execution);

}  // namespace lacathode
