// The trained arrays of a network in one piece of memory, and Adam on it.
#pragma once

#include <torch/types.h>

#include <vector>

#include "lacathode/core/named_arrays.hpp"
#include "lacathode/ml/adam.hpp"
#include "lacathode/ml/state_layout.hpp"

namespace lacathode::torch_backend {

class Parameters {
  public:
    /// All values are zero until load().
    Parameters(std::vector<ArrayLayout> layout, const AdamOptions& adam, torch::Device device);

    /// The leaf tensor of the layout's array `index`; a view of the common memory.
    [[nodiscard]] const torch::Tensor& operator[](std::size_t index) const {
        return leaves_[index];
    }
    /// Copies the layout's arrays out of `state`, which may hold others. Resets Adam.
    void load(const NamedArrays& state);
    [[nodiscard]] NamedArrays arrays() const { return split(values_); }
    [[nodiscard]] AdamMoments moments() const;
    void load_moments(const AdamMoments& moments);

    /// d loss / d parameters, in the order of the common memory.
    [[nodiscard]] torch::Tensor gradient(const torch::Tensor& loss) const;
    /// A tensor like gradient()'s as arrays of the layout.
    [[nodiscard]] NamedArrays split(const torch::Tensor& flat) const;
    /// One step of Adam, as torch.optim.Adam does it.
    void step(torch::Tensor gradient);
    void scale_learning_rate(double factor) { learning_rate_factor_ = factor; }

  private:
    /// The layout's arrays in the order of the common memory.
    [[nodiscard]] torch::Tensor joined(const NamedArrays& arrays) const;

    std::vector<ArrayLayout> layout_;
    AdamOptions adam_;
    double learning_rate_factor_ = 1;
    torch::Tensor values_;  // [P]
    torch::Tensor first_moment_;
    torch::Tensor second_moment_;
    double steps_ = 0;
    std::vector<torch::Tensor> leaves_;
};

}  // namespace lacathode::torch_backend
