#include "libtorch/parameters.hpp"

#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "libtorch/tensors.hpp"

namespace lacathode::torch_backend {

Parameters::Parameters(std::vector<ArrayLayout> layout, const AdamOptions& adam,
                       torch::Device device)
    : layout_(std::move(layout)), adam_(adam) {
    std::int64_t count = 0;
    for (const ArrayLayout& array : layout_) count += static_cast<std::int64_t>(array.size());
    values_ = torch::zeros({count}, torch::TensorOptions().dtype(torch::kFloat32).device(device));
    first_moment_ = torch::zeros_like(values_);
    second_moment_ = torch::zeros_like(values_);
    std::int64_t begin = 0;
    for (const ArrayLayout& array : layout_) {
        const auto size = static_cast<std::int64_t>(array.size());
        // detach() makes a leaf of the view; it keeps sharing the memory.
        leaves_.push_back(values_.narrow(0, begin, size).view(array.shape).detach());
        leaves_.back().requires_grad_();
        begin += size;
    }
}

torch::Tensor Parameters::joined(const NamedArrays& arrays) const {
    std::vector<torch::Tensor> pieces;
    for (const ArrayLayout& array : layout_) {
        pieces.push_back(view(find_array(arrays, array.name, array.shape).values, 1).view({-1}));
    }
    return torch::cat(pieces);
}

AdamMoments Parameters::moments() const {
    return {.steps = static_cast<std::uint64_t>(steps_),
            .first = split(first_moment_),
            .second = split(second_moment_)};
}

void Parameters::load_moments(const AdamMoments& moments) {
    const torch::NoGradGuard no_grad;
    first_moment_.copy_(joined(moments.first));
    second_moment_.copy_(joined(moments.second));
    steps_ = static_cast<double>(moments.steps);
}

void Parameters::load(const NamedArrays& state) {
    const torch::NoGradGuard no_grad;
    values_.copy_(joined(state));
    first_moment_.zero_();
    second_moment_.zero_();
    steps_ = 0;
}

torch::Tensor Parameters::gradient(const torch::Tensor& loss) const {
    std::vector<torch::Tensor> pieces = torch::autograd::grad({loss}, leaves_);
    for (torch::Tensor& piece : pieces) piece = piece.reshape({-1});
    return torch::cat(pieces);
}

NamedArrays Parameters::split(const torch::Tensor& flat) const {
    std::vector<float> values(static_cast<std::size_t>(flat.numel()));
    copy_to(flat, values);
    NamedArrays arrays;
    auto begin = values.begin();
    for (const ArrayLayout& array : layout_) {
        const auto end = begin + static_cast<std::ptrdiff_t>(array.size());
        arrays.push_back({array.name, array.shape, {begin, end}});
        begin = end;
    }
    return arrays;
}

void Parameters::step(torch::Tensor gradient) {
    const torch::NoGradGuard no_grad;
    ++steps_;
    if (adam_.weight_decay != 0) gradient.add_(values_, adam_.weight_decay);
    first_moment_.mul_(adam_.beta1).add_(gradient, 1 - adam_.beta1);
    second_moment_.mul_(adam_.beta2).addcmul_(gradient, gradient, 1 - adam_.beta2);
    const double correction1 = 1 - std::pow(adam_.beta1, steps_);
    const double correction2 = 1 - std::pow(adam_.beta2, steps_);
    const torch::Tensor denominator =
        second_moment_.sqrt().div_(std::sqrt(correction2)).add_(adam_.epsilon);
    values_.addcdiv_(first_moment_, denominator,
                     -learning_rate_factor_ * adam_.learning_rate / correction1);
}

}  // namespace lacathode::torch_backend
