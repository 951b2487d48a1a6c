// How much memory of a device replicas take, and how many of them fit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "lacathode/ml/maf.hpp"
#include "lacathode/ml/mlp.hpp"
#include "lacathode/ml/replicas.hpp"

namespace lacathode {

/// Whether replicas share their events or have some of their own.
enum class EventSets { shared, own };

/// The events of a training.
struct TrainingSize {
    std::size_t training;    ///< events
    std::size_t validation;  ///< events
    std::size_t batch;       ///< events of a step
    EventSets sets = EventSets::shared;
};

/// Of the largest replica: shorter sets take as much memory.
template <class Data>
TrainingSize largest_size(const ReplicaData<Data>& data, std::size_t batch) {
    const bool shared = data.training.size() == 1 && data.validation.size() == 1;
    TrainingSize size{.training = 0,
                      .validation = 0,
                      .batch = batch,
                      .sets = shared ? EventSets::shared : EventSets::own};
    for (const Data* set : data.training) size.training = std::max(size.training, set->size());
    for (const Data* set : data.validation)
        size.validation = std::max(size.validation, set->size());
    return size;
}

/// An estimate from above, in bytes.
struct ReplicaMemory {
    double shared;        ///< however many replicas there are
    double each;          ///< of each replica
    double on_a_gpu = 0;  ///< more that is shared there
};

/// The events, if replicas share them, are there once, and on a GPU the rows that an evaluation
/// takes at once; events of its own, weights, gradients and Adam's moments, the activations of a
/// step and of the fewest rows of an evaluation, the order of the events and the copy of them that
/// the batch norms' statistics need, once a replica.
ReplicaMemory replica_memory(const MafArchitecture& architecture, const TrainingSize& size);
/// The same for perceptrons, which have no batch norms.
ReplicaMemory replica_memory(const MlpArchitecture& architecture, const TrainingSize& size);

/// The sizes of as few and as equal chunks as fit one after the other into four fifths of
/// `available` bytes, what is left being room for the estimate and the allocator. Throws UsageError
/// if not even one replica fits.
std::vector<std::size_t> replica_chunks(std::size_t replicas, const ReplicaMemory& memory,
                                        double available);

}  // namespace lacathode
