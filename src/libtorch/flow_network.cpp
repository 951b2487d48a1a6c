#include "libtorch/flow_network.hpp"

#include <cmath>
#include <numbers>

#include "lacathode/ml/state_layout.hpp"
#include "libtorch/flow_kernels.hpp"
#include "libtorch/tensors.hpp"

namespace lacathode::torch_backend {
namespace {

bool is_statistic(const ArrayLayout& array) {
    return array.name.ends_with("running_mean") || array.name.ends_with("running_var");
}

std::vector<ArrayLayout> trained_arrays(const MafArchitecture& architecture) {
    std::vector<ArrayLayout> layout = maf_state_layout(architecture);
    std::erase_if(layout, is_statistic);
    return layout;
}

torch::Tensor mask(const std::vector<int>& out, const std::vector<int>& in) {
    const auto column = torch::tensor(out).view({-1, 1});
    return (column >= torch::tensor(in).view({1, -1})).to(torch::kFloat32);
}

// Of all trained arrays, 1 where no mask acts. [P]
torch::Tensor trained_mask(const MafArchitecture& architecture) {
    const MadeDegrees degrees = made_degrees(architecture);
    const torch::Tensor input = mask(degrees.hidden, degrees.input);
    const torch::Tensor hidden = mask(degrees.hidden, degrees.hidden);
    const torch::Tensor output = mask(degrees.output, degrees.hidden);
    std::vector<torch::Tensor> pieces;
    for (const ArrayLayout& array : trained_arrays(architecture)) {
        const bool masked = array.name.ends_with("input_weight") ||
                            array.name.ends_with("hidden_weight") ||
                            array.name.ends_with("output_weight");
        const torch::Tensor& of_array = array.name.ends_with("input_weight")    ? input
                                        : array.name.ends_with("hidden_weight") ? hidden
                                                                                : output;
        pieces.push_back(masked ? of_array.reshape({-1})
                                : torch::ones({static_cast<std::int64_t>(array.size())}));
    }
    return torch::cat(pieces);
}

BatchNormStatistics batch_statistics(const torch::Tensor& u, const Batch& batch) {
    const auto mean_of = [&](const torch::Tensor& values) {
        return (values * batch.valid).sum(1, /*keepdim=*/true) / batch.count;
    };
    const torch::Tensor mean = mean_of(u);
    return {mean, mean_of((u - mean).square()) + batch_norm_epsilon};
}

}  // namespace

FlowNetwork::FlowNetwork(const MafArchitecture& architecture, const AdamOptions& adam,
                         std::size_t replicas, torch::Device device)
    : architecture_(architecture),
      parameters_(trained_arrays(architecture), trained_mask(architecture), adam, replicas,
                  device) {
    const auto options = torch::TensorOptions().dtype(torch::kFloat32).device(device);
    const auto features = static_cast<std::int64_t>(architecture.features);
    const auto count = static_cast<std::int64_t>(replicas);
    for (std::size_t block = 0; block < architecture.blocks; ++block) {
        statistics_.push_back({torch::zeros({count, 1, features}, options),
                               torch::ones({count, 1, features}, options)});
    }
}

torch::Tensor FlowNetwork::linear(std::size_t block, const torch::Tensor& x, Array weight,
                                  Array bias) const {
    return torch::baddbmm(parameter(block, bias).unsqueeze(1), x,
                          parameter(block, weight).transpose(1, 2));
}

FlowNetwork::MuAlpha FlowNetwork::mu_alpha(std::size_t block, const torch::Tensor& x,
                                           const torch::Tensor& mass) const {
    const torch::Tensor of_mass = mass * parameter(block, condition_weight).transpose(1, 2);
    const torch::Tensor h1 = torch::relu(linear(block, x, input_weight, input_bias) + of_mass);
    const torch::Tensor h2 = torch::relu(linear(block, h1, hidden_weight, hidden_bias));
    const torch::Tensor out = linear(block, h2, output_weight, output_bias);
    const auto features = static_cast<std::int64_t>(architecture_.features);
    return {out.narrow(2, 0, features), out.narrow(2, features, features)};
}

Transformed FlowNetwork::made(std::size_t block, const torch::Tensor& x,
                              const torch::Tensor& mass) const {
    const auto [mu, alpha] = mu_alpha(block, x, mass);
    return {(x - mu) * torch::exp(-alpha), -alpha.sum(2)};
}

Transformed FlowNetwork::inverse_made(std::size_t block, const torch::Tensor& u,
                                      const torch::Tensor& mass) const {
    torch::Tensor x = torch::zeros_like(u);
    torch::Tensor log_det;
    // Pass d knows the features before d, and so mu and alpha up to d.
    for (std::int64_t d = 0; d < u.size(2); ++d) {
        const auto [mu, alpha] = mu_alpha(block, x, mass);
        x.select(2, d).copy_(u.select(2, d) * torch::exp(alpha.select(2, d)) + mu.select(2, d));
        log_det = alpha.sum(2);
    }
    return {x, log_det};
}

Transformed FlowNetwork::normalise(std::size_t block, const torch::Tensor& u,
                                   const BatchNormStatistics& statistics) const {
    const torch::Tensor gamma = parameter(block, log_gamma).unsqueeze(1);
    const auto& [mean, variance] = statistics;
    const torch::Tensor y = torch::exp(gamma) * ((u - mean) / torch::sqrt(variance)) +
                            parameter(block, beta).unsqueeze(1);
    return {y.flip({2}), (gamma - 0.5 * torch::log(variance)).sum(2)};
}

Transformed FlowNetwork::training_forward(const Batch& batch) const {
    torch::Tensor x = batch.x;
    torch::Tensor log_det = torch::zeros({x.size(0), x.size(1)}, x.options());
    for (std::size_t block = 0; block < architecture_.blocks; ++block) {
        const Transformed u = made(block, x, batch.mass);
        const Transformed y = normalise(block, u.values, batch_statistics(u.values, batch));
        x = y.values;
        log_det = log_det + u.log_det + y.log_det;
    }
    return {x, log_det};
}

Transformed FlowNetwork::forward(torch::Tensor x, const torch::Tensor& mass) const {
    if (has_map_kernel(*this)) return mapped_by_kernel(*this, /*inverse=*/false, x, mass);
    x = x.expand({static_cast<std::int64_t>(parameters_.replicas()), -1, -1});
    torch::Tensor log_det = torch::zeros({x.size(0), x.size(1)}, x.options());
    for (std::size_t block = 0; block < architecture_.blocks; ++block) {
        const Transformed u = made(block, x, mass);
        const Transformed y = normalise(block, u.values, statistics_[block]);
        x = y.values;
        log_det = log_det + u.log_det + y.log_det;
    }
    return {x, log_det};
}

Transformed FlowNetwork::inverse(torch::Tensor z, const torch::Tensor& mass) const {
    if (has_map_kernel(*this)) return mapped_by_kernel(*this, /*inverse=*/true, z, mass);
    torch::Tensor log_det = torch::zeros({z.size(0), z.size(1)}, z.options());
    for (std::size_t block = architecture_.blocks; block-- > 0;) {
        const torch::Tensor gamma = parameter(block, log_gamma).unsqueeze(1);
        const auto& [mean, variance] = statistics_[block];
        const torch::Tensor u = (z.flip({2}) - parameter(block, beta).unsqueeze(1)) *
                                    torch::exp(-gamma) * torch::sqrt(variance) +
                                mean;
        const Transformed x = inverse_made(block, u, mass);
        z = x.values;
        log_det = log_det + x.log_det - (gamma - 0.5 * torch::log(variance)).sum(2);
    }
    return {z, log_det};
}

NamedArrays FlowNetwork::state(std::size_t replica) const {
    const NamedArrays trained = parameters_.arrays(replica);
    const auto row = static_cast<std::int64_t>(replica);
    NamedArrays state;
    std::size_t next = 0;
    std::size_t block = 0;
    for (const ArrayLayout& array : maf_state_layout(architecture_)) {
        if (!is_statistic(array)) {
            state.push_back(trained[next++]);
            continue;
        }
        const bool mean = array.name.ends_with("running_mean");
        const BatchNormStatistics& statistics = statistics_[block];
        state.push_back({array.name, array.shape, std::vector<float>(array.size())});
        copy_to((mean ? statistics.mean : statistics.variance).select(0, row), state.back().values);
        if (!mean) ++block;
    }
    return state;
}

void FlowNetwork::load(std::size_t replica, const NamedArrays& state) {
    const torch::NoGradGuard no_grad;
    // All arrays first: a state that does not fit leaves the flow as it was.
    std::vector<torch::Tensor> statistics;
    for (const ArrayLayout& array : maf_state_layout(architecture_)) {
        const NamedArray& found = find_array(state, array.name, array.shape);
        if (is_statistic(array)) statistics.push_back(view(found.values, 1).view({1, -1}));
    }
    parameters_.load(replica, state);
    const auto row = static_cast<std::int64_t>(replica);
    for (std::size_t block = 0; block < architecture_.blocks; ++block) {
        statistics_[block].mean.select(0, row).copy_(statistics[2 * block]);
        statistics_[block].variance.select(0, row).copy_(statistics[2 * block + 1]);
    }
}

torch::Tensor event_log_prob(const Transformed& forward) {
    const double half_log_two_pi = 0.5 * std::log(2 * std::numbers::pi);
    return (-0.5 * forward.values.square() - half_log_two_pi).sum(2) + forward.log_det;
}

}  // namespace lacathode::torch_backend
