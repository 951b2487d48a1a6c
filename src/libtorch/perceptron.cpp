#include "libtorch/perceptron.hpp"

#include "lacathode/ml/state_layout.hpp"

namespace lacathode::torch_backend {

Perceptron::Perceptron(const MlpArchitecture& architecture, const AdamOptions& adam,
                       std::size_t replicas, torch::Device device)
    : architecture_(architecture),
      parameters_(mlp_state_layout(architecture), {}, adam, replicas, device) {}

torch::Tensor Perceptron::logits(torch::Tensor x) const {
    const std::size_t layers = architecture_.hidden.size() + 1;
    x = x.expand({static_cast<std::int64_t>(parameters_.replicas()), -1, -1});
    for (std::size_t layer = 0; layer < layers; ++layer) {
        x = torch::baddbmm(parameters_[2 * layer + 1].unsqueeze(1), x,
                           parameters_[2 * layer].transpose(1, 2));
        if (layer + 1 < layers) x = torch::relu(x);
    }
    return x;
}

torch::Tensor cross_entropy(const torch::Tensor& logit, const torch::Tensor& target) {
    return torch::relu(logit) + torch::log1p(torch::exp(-torch::abs(logit))) - target * logit;
}

}  // namespace lacathode::torch_backend
