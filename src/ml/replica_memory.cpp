#include "lacathode/ml/replica_memory.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/ml/state_layout.hpp"

namespace lacathode {
namespace {

constexpr double bytes = 4;  // of a float and of a row's number
// Values, gradient (in pieces and whole), two moments, and what a step of Adam makes of them.
constexpr double copies_of_parameters = 8;
constexpr double rows_of_an_evaluation = 262'144;  // of all replicas together, on a GPU
constexpr double least_rows = 256;                 // of each, to which sets are filled up

double values_of(const std::vector<ArrayLayout>& layout) {
    return std::accumulate(layout.begin(), layout.end(), 0.0, [](double sum, const auto& array) {
        return sum + static_cast<double>(array.size());
    });
}

double gigabytes(double value) {
    return std::ceil(value / 1e8) / 10;
}

// Values of one event on the device.
struct EventValues {
    double columns;     // as it is given
    double step;        // kept by a step for its backward pass
    double evaluation;  // there at a time in an evaluation
    double copied;      // in each replica's copy for the batch norms' statistics
};

ReplicaMemory memory_of(double parameters, const EventValues& values, const TrainingSize& size) {
    const double training = static_cast<double>(size.training) + least_rows;
    const double validation = static_cast<double>(size.validation) + least_rows;
    const double events = (training + validation) * values.columns;
    const bool shared = size.sets == EventSets::shared;
    return {.shared = bytes * (shared ? events : 0),
            .each = bytes * ((shared ? 0 : events) + copies_of_parameters * parameters +
                             static_cast<double>(size.batch) * values.step +
                             least_rows * values.evaluation + training * (1 + values.copied)),
            .on_a_gpu = bytes * rows_of_an_evaluation * values.evaluation};
}

}  // namespace

ReplicaMemory replica_memory(const MafArchitecture& architecture, const TrainingSize& size) {
    const auto features = static_cast<double>(architecture.features);
    // Six tensors as wide as the hidden layers and two dozen as wide as the features; kernels of
    // our own keep less of large layers, but 128 units whatever there are, for whole tiles of 128.
    const double block =
        std::max(6 * static_cast<double>(architecture.hidden) + 24 * features, 132 + 3 * features);
    TrainingSize whole = size;
    whole.batch = (size.batch + 127) / 128 * 128;
    return memory_of(values_of(maf_state_layout(architecture)),
                     // Mass, weight and what is no filling.
                     {.columns = features + 3,
                      .step = static_cast<double>(architecture.blocks) * block,
                      .evaluation = block,
                      .copied = features + 1},
                     whole);
}

ReplicaMemory replica_memory(const MlpArchitecture& architecture, const TrainingSize& size) {
    const double units =
        std::accumulate(architecture.hidden.begin(), architecture.hidden.end(), 0.0);
    const auto inputs = static_cast<double>(architecture.inputs);
    const double layers = 4 * (units + inputs);
    return memory_of(values_of(mlp_state_layout(architecture)),
                     {.columns = inputs + 2, .step = layers, .evaluation = layers, .copied = 0},
                     size);
}

std::vector<std::size_t> replica_chunks(std::size_t replicas, const ReplicaMemory& memory,
                                        double available) {
    expects(replicas > 0, "there are replicas");
    const double room = 0.8 * available - memory.shared;
    if (room < memory.each) {
        throw UsageError(concat("one training takes some ", gigabytes(memory.shared + memory.each),
                                " GB of the device's memory, of which four fifths of ",
                                gigabytes(available),
                                " GB may be used; try fewer events, a smaller network or batch, or "
                                "--backend engine"));
    }
    const auto most = static_cast<std::size_t>(
        std::min(std::floor(room / memory.each), static_cast<double>(replicas)));
    const std::size_t count = (replicas + most - 1) / most;
    std::vector<std::size_t> chunks;
    for (std::size_t chunk = 0; chunk < count; ++chunk)
        chunks.push_back((chunk + 1) * replicas / count - chunk * replicas / count);
    return chunks;
}

}  // namespace lacathode
