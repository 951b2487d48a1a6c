// How much memory of a device replicas take, and how many of them fit.
#pragma once

#include <cstddef>
#include <vector>

#include "lacathode/ml/maf.hpp"
#include "lacathode/ml/mlp.hpp"

namespace lacathode {

/// The events of a training.
struct TrainingSize {
    std::size_t training;    ///< events
    std::size_t validation;  ///< events
    std::size_t batch;       ///< events of a step
};

/// An estimate from above, in bytes.
struct ReplicaMemory {
    double shared;  ///< however many replicas there are
    double each;    ///< of each replica
};

/// Of replicas that share their events: these, and the rows that an evaluation takes at once, are
/// there once; weights, gradients and Adam's moments, the activations of a step, the order of the
/// events and the copy of them that the batch norms' statistics need, once a replica.
ReplicaMemory replica_memory(const MafArchitecture& architecture, const TrainingSize& size);
/// The same for perceptrons, which have no batch norms.
ReplicaMemory replica_memory(const MlpArchitecture& architecture, const TrainingSize& size);

/// The sizes of as few and as equal chunks as fit one after the other into four fifths of
/// `available` bytes, what is left being room for the estimate and the allocator. Throws UsageError
/// if not even one replica fits.
std::vector<std::size_t> replica_chunks(std::size_t replicas, const ReplicaMemory& memory,
                                        double available);

}  // namespace lacathode
