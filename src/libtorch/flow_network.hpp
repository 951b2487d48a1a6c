// The arithmetic of the conditional MAF on tensors (docs/method.md, section 3).
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <vector>

#include "lacathode/ml/maf.hpp"
#include "libtorch/parameters.hpp"

namespace lacathode::torch_backend {

/// Values [B, D] behind one or more blocks, and log |d behind / d before| [B].
struct Transformed {
    torch::Tensor values;
    torch::Tensor log_det;
};

/// Mean and variance [D] of a batch norm; epsilon is in the variance.
struct BatchNormStatistics {
    torch::Tensor mean;
    torch::Tensor variance;
};

class FlowNetwork {
  public:
    FlowNetwork(const MafArchitecture& architecture, const AdamOptions& adam, torch::Device device);

    /// The whole flow with batch statistics.
    [[nodiscard]] Transformed training_forward(torch::Tensor x, const torch::Tensor& mass) const;
    /// The whole flow with stored statistics. x [B, D], mass [B, 1].
    [[nodiscard]] Transformed forward(torch::Tensor x, const torch::Tensor& mass) const;
    [[nodiscard]] Transformed inverse(torch::Tensor z, const torch::Tensor& mass) const;

    /// The MADE of one block alone.
    [[nodiscard]] Transformed made(std::size_t block, const torch::Tensor& x,
                                   const torch::Tensor& mass) const;
    /// Batch norm and reversal of one block, behind made(). log_det: a scalar.
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
        torch::Tensor mu;     // [B, D]
        torch::Tensor alpha;  // [B, D]
    };
    [[nodiscard]] const torch::Tensor& parameter(std::size_t block, Array array) const {
        return parameters_[block * arrays_per_block + array];
    }
    [[nodiscard]] MuAlpha mu_alpha(std::size_t block, const torch::Tensor& x,
                                   const torch::Tensor& mass) const;
    [[nodiscard]] Transformed inverse_made(std::size_t block, const torch::Tensor& u,
                                           const torch::Tensor& mass) const;

    MafArchitecture architecture_;
    Parameters parameters_;
    torch::Tensor input_mask_;   // [H, D]
    torch::Tensor hidden_mask_;  // [H, H]
    torch::Tensor output_mask_;  // [2D, H]
    std::vector<BatchNormStatistics> statistics_;
};

}  // namespace lacathode::torch_backend
