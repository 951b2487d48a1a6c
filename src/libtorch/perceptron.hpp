// The arithmetic of R multilayer perceptrons side by side on tensors (docs/method.md, section 5).
#pragma once

#include <torch/types.h>

#include "lacathode/ml/mlp.hpp"
#include "libtorch/parameters.hpp"

namespace lacathode::torch_backend {

class Perceptron {
  public:
    Perceptron(const MlpArchitecture& architecture, const AdamOptions& adam, std::size_t replicas,
               torch::Device device);

    /// The logits [R, B, 1] of x [R, B, D], or [1, B, D] for all.
    [[nodiscard]] torch::Tensor logits(torch::Tensor x) const;

    [[nodiscard]] const MlpArchitecture& architecture() const noexcept { return architecture_; }
    [[nodiscard]] Parameters& parameters() noexcept { return parameters_; }
    [[nodiscard]] const Parameters& parameters() const noexcept { return parameters_; }

    /// Of one replica, as MlpNetwork documents them.
    [[nodiscard]] NamedArrays state(std::size_t replica) const {
        return parameters_.arrays(replica);
    }
    void load(std::size_t replica, const NamedArrays& state) { parameters_.load(replica, state); }

  private:
    MlpArchitecture architecture_;
    Parameters parameters_;
};

/// Binary cross entropy of logits and targets of one shape, in the form that overflows for no logit
/// (docs/engine.md (22)).
torch::Tensor cross_entropy(const torch::Tensor& logit, const torch::Tensor& target);

}  // namespace lacathode::torch_backend
