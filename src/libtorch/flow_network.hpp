// The arithmetic of R conditional MAFs side by side on tensors (docs/method.md, section 3).
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <vector>

#include "lacathode/ml/maf.hpp"
#include "libtorch/parameters.hpp"

namespace lacathode::torch_backend {

/// Values [R, B, D] behind one or more blocks, and log |d behind / d before| [R, B].
struct Transformed {
    torch::Tensor values;
    torch::Tensor log_det;
};

/// Mean and variance [R, 1, D] of a batch norm; epsilon is in the variance.
struct BatchNormStatistics {
    torch::Tensor mean;
    torch::Tensor variance;
};

/// Events of a batch, of which the last ones may only fill it up.
struct Batch {
    torch::Tensor x;      ///< [R, B, D]
    torch::Tensor mass;   ///< [R, B, 1]
    torch::Tensor valid;  ///< [R, B, 1] 1 for an event, 0 for one that counts for nothing
    torch::Tensor count;  ///< [R, 1, 1] the sum of valid
};

class FlowNetwork {
  public:
    FlowNetwork(const MafArchitecture& architecture, const AdamOptions& adam, std::size_t replicas,
                torch::Device device);

    /// The whole flow with the statistics of the batch's valid events.
    [[nodiscard]] Transformed training_forward(const Batch& batch) const;
    /// The whole flow with stored statistics. x [R, B, D] and mass [R, B, 1]; forwards also
    /// [1, B, D] and [1, B, 1] for all.
    [[nodiscard]] Transformed forward(torch::Tensor x, const torch::Tensor& mass) const;
    [[nodiscard]] Transformed inverse(torch::Tensor z, const torch::Tensor& mass) const;

    /// The MADE of one block alone.
    [[nodiscard]] Transformed made(std::size_t block, const torch::Tensor& x,
                                   const torch::Tensor& mass) const;
    /// Batch norm and reversal of one block, behind made(). log_det: [R, 1].
    [[nodiscard]] Transformed normalise(std::size_t block, const torch::Tensor& u,
                                        const BatchNormStatistics& statistics) const;

    [[nodiscard]] const MafArchitecture& architecture() const noexcept { return architecture_; }
    [[nodiscard]] const BatchNormStatistics& statistics(std::size_t block) const {
        return statistics_[block];
    }
    void set_statistics(std::size_t block, BatchNormStatistics statistics) {
        statistics_[block] = std::move(statistics);
    }
    [[nodiscard]] Parameters& parameters() noexcept { return parameters_; }
    [[nodiscard]] const Parameters& parameters() const noexcept { return parameters_; }

    /// Of one replica, as MafNetwork documents them.
    [[nodiscard]] NamedArrays state(std::size_t replica) const;
    void load(std::size_t replica, const NamedArrays& state);

  private:
    enum Array : std::size_t {
        input_weight,
        input_bias,
        condition_weight,
        hidden_weight,
        hidden_bias,
        output_weight,
        output_bias,
        log_gamma,
        beta,
        arrays_per_block
    };
    struct MuAlpha {
        torch::Tensor mu;     // [R, B, D]
        torch::Tensor alpha;  // [R, B, D]
    };
    [[nodiscard]] const torch::Tensor& parameter(std::size_t block, Array array) const {
        return parameters_[block * arrays_per_block + array];
    }
    /// x [R, B, in] times a weight [R, out, in], transposed, plus a bias [R, out].
    [[nodiscard]] torch::Tensor linear(std::size_t block, const torch::Tensor& x, Array weight,
                                       Array bias) const;
    [[nodiscard]] MuAlpha mu_alpha(std::size_t block, const torch::Tensor& x,
                                   const torch::Tensor& mass) const;
    [[nodiscard]] Transformed inverse_made(std::size_t block, const torch::Tensor& u,
                                           const torch::Tensor& mass) const;

    MafArchitecture architecture_;
    Parameters parameters_;
    std::vector<BatchNormStatistics> statistics_;
};

/// log N(z; 0, 1) + log_det of each event. [R, B]
torch::Tensor event_log_prob(const Transformed& forward);

}  // namespace lacathode::torch_backend
