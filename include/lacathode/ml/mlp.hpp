// The multilayer perceptron that tells data from background (docs/method.md, section 5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lacathode/core/matrix.hpp"
#include "lacathode/core/named_arrays.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/ml/adam.hpp"
#include "lacathode/ml/classifier_data.hpp"

namespace lacathode {

struct MlpArchitecture {
    std::size_t inputs = 4;
    std::vector<std::size_t> hidden = {64, 64, 64};  ///< units of each ReLU layer; one at least
    bool operator==(const MlpArchitecture&) const = default;
};

/// What is impossible in `architecture`, one sentence each; empty: nothing.
std::vector<std::string> problems(const MlpArchitecture& architecture);

/// A multilayer perceptron with one sigmoid output, as its trainer sees it. State arrays:
/// layer_L/weight [out, in], layer_L/bias [out], L from 0.
class MlpNetwork {
  public:
    virtual ~MlpNetwork() = default;
    [[nodiscard]] virtual const MlpArchitecture& architecture() const = 0;
    [[nodiscard]] virtual NamedArrays state() const = 0;
    /// Replaces the state; throws InputError if an array is missing or misshapen. Resets Adam.
    virtual void load(const NamedArrays& state) = 0;
    /// One Adam step on the given rows; returns the batch's loss before it:
    /// mean over the batch of weight_i * BCE_i (the mean divides by the number of events).
    virtual double training_step(const ClassifierData& data,
                                 std::span<const std::uint32_t> rows) = 0;
    /// Gradient of that loss, arrays named as in state(). Changes nothing.
    [[nodiscard]] virtual NamedArrays training_gradient(const ClassifierData& data,
                                                        std::span<const std::uint32_t> rows) = 0;
    /// Adam's memory: with state() all that the next training step depends on.
    [[nodiscard]] virtual AdamMoments adam_moments() const = 0;
    /// After load(); throws InputError as load does.
    virtual void load_adam_moments(const AdamMoments& moments) = 0;
    /// From now on Adam uses `factor` times the learning rate it was made with.
    virtual void scale_learning_rate(double factor) = 0;
    /// The logit (before the sigmoid) of each row. [N]
    [[nodiscard]] virtual std::vector<float> logits(const Matrix<float>& x) const = 0;
};

/// PyTorch's default of nn.Linear: weights and biases uniform in +-1/sqrt(inputs of the layer).
NamedArrays initial_mlp_state(const MlpArchitecture& architecture, RandomStream stream);

}  // namespace lacathode
