// The optimiser of both networks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lacathode/core/named_arrays.hpp"

namespace lacathode {

/// Adam (Kingma and Ba 2014) as PyTorch computes it, the L2 term added to the gradient.
struct AdamOptions {
    double learning_rate = 1e-4;
    double weight_decay = 1e-6;  ///< L2 term, added to the gradient
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
};

/// What Adam remembers of the steps so far; arrays named and shaped as the parameters in state().
struct AdamMoments {
    std::uint64_t steps = 0;
    NamedArrays first;   ///< exponential mean of the gradients
    NamedArrays second;  ///< of their squares
};

/// What is impossible in `options`, one sentence each; empty: nothing.
std::vector<std::string> problems(const AdamOptions& options);

}  // namespace lacathode
