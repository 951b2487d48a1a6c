// Adam's moments and its count of steps, for parameters of any layout.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "engine/aligned_buffer.hpp"
#include "engine/kernels/kernels.hpp"
#include "lacathode/ml/adam.hpp"

namespace lacathode::engine {

class AdamState {
  public:
    AdamState(const AdamOptions& options, std::size_t parameters)
        : options_(options), first_(parameters), second_(parameters) {}

    void reset() {
        steps_ = 0;
        std::fill_n(first_.data(), first_.size(), 0.0F);
        std::fill_n(second_.data(), second_.size(), 0.0F);
    }
    [[nodiscard]] std::size_t steps() const noexcept { return steps_; }
    void set_steps(std::size_t steps) { steps_ = steps; }
    /// [parameters] in their layout.
    [[nodiscard]] float* first() noexcept { return first_.data(); }
    [[nodiscard]] float* second() noexcept { return second_.data(); }
    [[nodiscard]] const float* first() const noexcept { return first_.data(); }
    [[nodiscard]] const float* second() const noexcept { return second_.data(); }
    void scale_learning_rate(double factor) { factor_ = factor; }

    /// Counts a step and returns its constants.
    AdamStep next_step() {
        ++steps_;
        const auto t = static_cast<double>(steps_);
        const double correction1 = 1 - std::pow(options_.beta1, t);
        const double correction2 = 1 - std::pow(options_.beta2, t);
        return {.step_size = static_cast<float>(factor_ * options_.learning_rate / correction1),
                .root_correction = static_cast<float>(1 / std::sqrt(correction2)),
                .beta1 = static_cast<float>(options_.beta1),
                .rest1 = static_cast<float>(1 - options_.beta1),
                .beta2 = static_cast<float>(options_.beta2),
                .rest2 = static_cast<float>(1 - options_.beta2),
                .epsilon = static_cast<float>(options_.epsilon),
                .weight_decay = static_cast<float>(options_.weight_decay)};
    }
    /// The arrays from element `offset` of `parameters` on.
    AdamArrays arrays(float* parameters, std::size_t offset) {
        return {parameters + offset, first_.data() + offset, second_.data() + offset};
    }

  private:
    AdamOptions options_;
    double factor_ = 1;
    std::size_t steps_ = 0;
    AlignedBuffer first_;
    AlignedBuffer second_;
};

}  // namespace lacathode::engine
