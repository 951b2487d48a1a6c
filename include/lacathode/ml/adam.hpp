// The optimiser of both networks.
#pragma once

#include <string>
#include <vector>

namespace lacathode {

/// Adam (Kingma and Ba 2014) as PyTorch computes it, the L2 term added to the gradient.
struct AdamOptions {
    double learning_rate = 1e-4;
    double weight_decay = 1e-6;  ///< L2 term, added to the gradient
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
};

/// What is impossible in `options`, one sentence each; empty: nothing.
std::vector<std::string> problems(const AdamOptions& options);

}  // namespace lacathode
