// The training steps of R replicas: shuffles, Adam's coefficients and losses as tensors on the
// device, which one step after the other reads and writes without the host.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "lacathode/core/matrix.hpp"
#include "lacathode/ml/replicas.hpp"
#include "libtorch/parameters.hpp"
#include "libtorch/step_graph.hpp"

namespace lacathode::torch_backend {

/// The events of one step. A replica with fewer of them has the others filled up.
struct StepRows {
    torch::Tensor rows;   ///< [R * B] int32, of the table with all replicas' events
    torch::Tensor valid;  ///< [R, B, 1] 1 for an event, 0 for filling
    torch::Tensor count;  ///< [R, 1, 1] the sum of valid
};

/// One step's part of an epoch's tables, on the device.
struct StepTables {
    torch::Tensor rows;          ///< [R, B] int32, of the table with all replicas' events
    torch::Tensor counts;        ///< [R] float32, how many of them are no filling
    torch::Tensor coefficients;  ///< [R, 6] float32 AdamCoefficients
    torch::Tensor losses;        ///< [R] float64, to be written
};

/// These rows of a table [S, N, cols]. [R, B, cols]
torch::Tensor rows_of(const torch::Tensor& table, const StepRows& rows);

class ReplicaSteps {
  public:
    /// `first_rows`: where each replica's events begin in the table. [R]
    ReplicaSteps(Parameters& parameters, std::vector<std::int64_t> first_rows,
                 torch::Device device);

    void begin_epoch(const ReplicaEpoch& epoch, std::size_t first);

    /// The mean loss of each replica over its valid events, float64 [R].
    using Loss = std::function<torch::Tensor(const StepRows&)>;
    /// Adam on the batch after the last one.
    void step(const Loss& loss);
    /// The same by `kernel`, which does all of a step.
    void step_with(const std::function<void(const StepTables&)>& kernel);

    /// B, of the epoch that has begun.
    [[nodiscard]] std::size_t batch_size() const { return static_cast<std::size_t>(rows_.size(2)); }
    /// [batches, R] of the epoch so far; of no meaning where a replica has no such batch.
    [[nodiscard]] Matrix<double> losses() const;

  private:
    void fill(const ReplicaEpoch& epoch, std::size_t first);
    void step_on_device(const Loss& loss);
    void count_step();

    Parameters& parameters_;
    std::vector<std::int64_t> first_rows_;
    torch::Device device_;
    std::vector<std::size_t> batches_;  // [R] of an epoch
    std::size_t next_ = 0;              // batch of the epoch
    torch::Tensor batch_;               // [1] int64, the same on the device
    torch::Tensor rows_;                // [batches, R, B] int32
    torch::Tensor counts_;              // [batches, R] float32 valid events
    torch::Tensor coefficients_;        // [batches, R, 6] float32
    torch::Tensor losses_;              // [batches, R] float64
    torch::Tensor places_;              // [1, B] float32 0, 1, ..., B - 1
    StepGraph graph_;
};

}  // namespace lacathode::torch_backend
