// The trained arrays of R networks in one piece of memory, and Adam on it.
#pragma once

#include <torch/types.h>

#include <array>
#include <vector>

#include "lacathode/core/named_arrays.hpp"
#include "lacathode/ml/adam.hpp"
#include "lacathode/ml/state_layout.hpp"

namespace lacathode::torch_backend {

/// What one step of Adam multiplies and adds, in the order of docs/engine.md (19), (20): beta1,
/// 1 - beta1, beta2, 1 - beta2, -(rate) / (1 - beta1^t), sqrt(1 - beta2^t).
using AdamCoefficients = std::array<float, 6>;

/// Of step number `step` (from 1) with `rate_factor` times the learning rate.
AdamCoefficients adam_coefficients(const AdamOptions& adam, double rate_factor, double step);
/// Of a step that changes nothing, not even the sign of a masked weight's zero: -0 + 0 were 0.
inline constexpr AdamCoefficients no_step = {1, 0, 1, 0, -0.0F, 1};

class Parameters {
  public:
    /// R sets of the layout's arrays, [R, shape]; all values are zero until load(). Where `mask`
    /// [P], in the order of the layout, is 0, values and gradients stay 0; undefined: nowhere.
    Parameters(std::vector<ArrayLayout> layout, const torch::Tensor& mask, const AdamOptions& adam,
               std::size_t replicas, torch::Device device);

    [[nodiscard]] std::size_t replicas() const { return steps_.size(); }
    /// The leaf tensor [R, shape] of the layout's array `index`; a view of the common memory.
    [[nodiscard]] const torch::Tensor& operator[](std::size_t index) const {
        return leaves_[index];
    }
    /// Copies the layout's arrays out of `state`, which may hold others. Resets Adam.
    void load(std::size_t replica, const NamedArrays& state);
    [[nodiscard]] NamedArrays arrays(std::size_t replica) const { return split(values_, replica); }
    [[nodiscard]] AdamMoments moments(std::size_t replica) const;
    void load_moments(std::size_t replica, const AdamMoments& moments);

    /// All of it, [R, P] each.
    struct Memory {
        torch::Tensor values, first_moment, second_moment;
    };
    [[nodiscard]] Memory memory() const { return {values_, first_moment_, second_moment_}; }

    /// d loss / d parameters [R, P], in the order of the common memory.
    [[nodiscard]] torch::Tensor gradient(const torch::Tensor& loss) const;
    /// Row `replica` of a tensor like gradient()'s as arrays of the layout.
    [[nodiscard]] NamedArrays split(const torch::Tensor& flat, std::size_t replica) const;

    /// One step of Adam, as torch.optim.Adam does it, of every replica.
    void step(const torch::Tensor& gradient);
    void scale_learning_rate(double factor) { learning_rate_factor_ = factor; }

    /// The same with coefficients [R, 6] that lie on the device; counts no steps.
    void step(torch::Tensor gradient, const torch::Tensor& coefficients);
    /// Steps of Adam that a replica has made since it was loaded; who gives the coefficients
    /// counts them too.
    [[nodiscard]] double steps(std::size_t replica) const { return steps_[replica]; }
    void set_steps(std::size_t replica, double steps) { steps_[replica] = steps; }
    [[nodiscard]] const AdamOptions& adam() const { return adam_; }

  private:
    /// The layout's arrays in the order of the common memory. [P]
    [[nodiscard]] torch::Tensor joined(const NamedArrays& arrays) const;

    std::vector<ArrayLayout> layout_;
    AdamOptions adam_;
    double learning_rate_factor_ = 1;
    torch::Tensor mask_;    // [P], or undefined
    torch::Tensor values_;  // [R, P]
    torch::Tensor first_moment_;
    torch::Tensor second_moment_;
    std::vector<double> steps_;
    std::vector<torch::Tensor> leaves_;
};

}  // namespace lacathode::torch_backend
