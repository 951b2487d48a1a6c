// Our Adam on one piece of memory against torch::optim::Adam on its tensors.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "lacathode/core/random.hpp"
#include "libtorch/parameters.hpp"

namespace lacathode::torch_backend {
namespace {

NamedArrays random_arrays(const std::vector<ArrayLayout>& layout) {
    RandomStream random(1, "adam");
    NamedArrays arrays;
    for (const ArrayLayout& array : layout) {
        arrays.push_back({array.name, array.shape, std::vector<float>(array.size())});
        for (float& value : arrays.back().values) value = static_cast<float>(random.normal());
    }
    return arrays;
}

torch::Tensor loss(const torch::Tensor& matrix, const torch::Tensor& vector) {
    return (torch::mv(matrix, vector) - 1).square().sum() + matrix.sin().sum();
}

TEST(Parameters, StepLikeTheOptimiserOfLibTorch) {
    const std::vector<ArrayLayout> layout = {{"matrix", {3, 2}}, {"vector", {2}}};
    const AdamOptions options{.learning_rate = 0.01, .weight_decay = 0.1};
    Parameters parameters(layout, {}, options, 1, torch::kCPU);
    parameters.load(0, random_arrays(layout));
    std::vector<torch::Tensor> reference;
    for (std::size_t i = 0; i < layout.size(); ++i) {
        reference.push_back(parameters[i][0].detach().clone().requires_grad_());
    }
    torch::optim::Adam adam(reference, torch::optim::AdamOptions(0.01).weight_decay(0.1));
    for (int step = 0; step < 20; ++step) {
        parameters.step(parameters.gradient(loss(parameters[0][0], parameters[1][0])));
        adam.zero_grad();
        loss(reference[0], reference[1]).backward();
        adam.step();
    }
    for (std::size_t i = 0; i < layout.size(); ++i) {
        // Rounding alone; 20 steps of 0.01 would be off by 1e-3 for any slip in the formula.
        EXPECT_LT((parameters[i][0] - reference[i]).abs().max().item<float>(), 2e-6F);
    }
}

}  // namespace
}  // namespace lacathode::torch_backend
