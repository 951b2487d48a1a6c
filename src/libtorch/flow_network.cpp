#include "libtorch/flow_network.hpp"

#include "lacathode/ml/state_layout.hpp"

namespace lacathode::torch_backend {
namespace {

std::vector<ArrayLayout> trained_arrays(const MafArchitecture& architecture) {
    std::vector<ArrayLayout> layout = maf_state_layout(architecture);
    std::erase_if(layout, [](const ArrayLayout& array) {
        return array.name.ends_with("running_mean") || array.name.ends_with("running_var");
    });
    return layout;
}

torch::Tensor mask(const std::vector<int>& out, const std::vector<int>& in, torch::Device device) {
    const auto column = torch::tensor(out).view({-1, 1});
    return (column >= torch::tensor(in).view({1, -1})).to(device, torch::kFloat32);
}

BatchNormStatistics batch_statistics(const torch::Tensor& u) {
    const torch::Tensor mean = u.mean(0);
    return {mean, (u - mean).square().mean(0) + batch_norm_epsilon};
}

}  // namespace

FlowNetwork::FlowNetwork(const MafArchitecture& architecture, const AdamOptions& adam,
                         torch::Device device)
    : architecture_(architecture), parameters_(trained_arrays(architecture), adam, device) {
    const MadeDegrees degrees = made_degrees(architecture);
    input_mask_ = mask(degrees.hidden, degrees.input, device);
    hidden_mask_ = mask(degrees.hidden, degrees.hidden, device);
    output_mask_ = mask(degrees.output, degrees.hidden, device);
    const auto options = torch::TensorOptions().dtype(torch::kFloat32).device(device);
    const auto features = static_cast<std::int64_t>(architecture.features);
    for (std::size_t block = 0; block < architecture.blocks; ++block) {
        statistics_.push_back(
            {torch::zeros({features}, options), torch::ones({features}, options)});
    }
}

FlowNetwork::MuAlpha FlowNetwork::mu_alpha(std::size_t block, const torch::Tensor& x,
                                           const torch::Tensor& mass) const {
    const auto get = [&](Array array) { return parameter(block, array); };
    const torch::Tensor h1 =
        torch::relu(torch::linear(x, get(input_weight) * input_mask_, get(input_bias)) +
                    torch::linear(mass, get(condition_weight)));
    const torch::Tensor h2 =
        torch::relu(torch::linear(h1, get(hidden_weight) * hidden_mask_, get(hidden_bias)));
    const torch::Tensor out =
        torch::linear(h2, get(output_weight) * output_mask_, get(output_bias));
    const auto features = static_cast<std::int64_t>(architecture_.features);
    return {out.narrow(1, 0, features), out.narrow(1, features, features)};
}

Transformed FlowNetwork::made(std::size_t block, const torch::Tensor& x,
                              const torch::Tensor& mass) const {
    const auto [mu, alpha] = mu_alpha(block, x, mass);
    return {(x - mu) * torch::exp(-alpha), -alpha.sum(1)};
}

Transformed FlowNetwork::inverse_made(std::size_t block, const torch::Tensor& u,
                                      const torch::Tensor& mass) const {
    torch::Tensor x = torch::zeros_like(u);
    torch::Tensor log_det;
    // Pass d knows the features before d, and so mu and alpha up to d.
    for (std::int64_t d = 0; d < u.size(1); ++d) {
        const auto [mu, alpha] = mu_alpha(block, x, mass);
        x.select(1, d).copy_(u.select(1, d) * torch::exp(alpha.select(1, d)) + mu.select(1, d));
        log_det = alpha.sum(1);
    }
    return {x, log_det};
}

Transformed FlowNetwork::normalise(std::size_t block, const torch::Tensor& u,
                                   const BatchNormStatistics& statistics) const {
    const torch::Tensor& gamma = parameter(block, log_gamma);
    const auto& [mean, variance] = statistics;
    const torch::Tensor y =
        torch::exp(gamma) * ((u - mean) / torch::sqrt(variance)) + parameter(block, beta);
    return {y.flip({1}), (gamma - 0.5 * torch::log(variance)).sum()};
}

Transformed FlowNetwork::training_forward(torch::Tensor x, const torch::Tensor& mass) const {
    torch::Tensor log_det = torch::zeros({x.size(0)}, x.options());
    for (std::size_t block = 0; block < architecture_.blocks; ++block) {
        const Transformed u = made(block, x, mass);
        const Transformed y = normalise(block, u.values, batch_statistics(u.values));
        x = y.values;
        log_det = log_det + u.log_det + y.log_det;
    }
    return {x, log_det};
}

Transformed FlowNetwork::forward(torch::Tensor x, const torch::Tensor& mass) const {
    torch::Tensor log_det = torch::zeros({x.size(0)}, x.options());
    for (std::size_t block = 0; block < architecture_.blocks; ++block) {
        const Transformed u = made(block, x, mass);
        const Transformed y = normalise(block, u.values, statistics_[block]);
        x = y.values;
        log_det = log_det + u.log_det + y.log_det;
    }
    return {x, log_det};
}

Transformed FlowNetwork::inverse(torch::Tensor z, const torch::Tensor& mass) const {
    torch::Tensor log_det = torch::zeros({z.size(0)}, z.options());
    for (std::size_t block = architecture_.blocks; block-- > 0;) {
        const torch::Tensor& gamma = parameter(block, log_gamma);
        const auto& [mean, variance] = statistics_[block];
        const torch::Tensor u =
            (z.flip({1}) - parameter(block, beta)) * torch::exp(-gamma) * torch::sqrt(variance) +
            mean;
        const Transformed x = inverse_made(block, u, mass);
        z = x.values;
        log_det = log_det + x.log_det - (gamma - 0.5 * torch::log(variance)).sum();
    }
    return {z, log_det};
}

}  // namespace lacathode::torch_backend
