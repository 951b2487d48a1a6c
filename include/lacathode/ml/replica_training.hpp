// The training of several flows or perceptrons side by side.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lacathode/ml/maf_training.hpp"
#include "lacathode/ml/mlp_training.hpp"
#include "lacathode/ml/replicas.hpp"

namespace lacathode {

/// An independent training: its number and the stream that train_maf or train_mlp would be given.
struct Retraining {
    std::size_t number;
    RandomStream stream;
};

/// What became of one replica.
template <class Trained>
struct ReplicaResult {
    std::optional<Trained> trained;
    std::string failure;  ///< why there is no result: what the NumericalError of a training says
};

/// Trains replica r as train_maf would a single flow, with the stream of retraining r: losses,
/// weights and best epochs agree up to rounding. One that fails leaves the others alone; when all
/// have, the rest of the epochs is left out. Throws as train_maf but for NumericalError, which
/// comes of a device only. `threads` shuffle; `keeper` keeps the state of all. [R]
std::vector<ReplicaResult<TrainedMaf>> train_maf_replicas(
    MafReplicas& flows, const ReplicaData<FlowData>& data, const MafTrainingOptions& options,
    const std::vector<Retraining>& trainings, int threads, TrainingKeeper* keeper = nullptr);

/// The same as train_mlp.
std::vector<ReplicaResult<TrainedMlp>> train_mlp_replicas(MlpReplicas& classifiers,
                                                          const ReplicaData<ClassifierData>& data,
                                                          const MlpTrainingOptions& options,
                                                          const std::vector<Retraining>& trainings,
                                                          int threads,
                                                          TrainingKeeper* keeper = nullptr);

}  // namespace lacathode
