#include "libtorch/parameters.hpp"

#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "libtorch/tensors.hpp"

namespace lacathode::torch_backend {

AdamCoefficients adam_coefficients(const AdamOptions& adam, double rate_factor, double step) {
    const double correction1 = 1 - std::pow(adam.beta1, step);
    const double correction2 = 1 - std::pow(adam.beta2, step);
    return {static_cast<float>(adam.beta1),
            static_cast<float>(1 - adam.beta1),
            static_cast<float>(adam.beta2),
            static_cast<float>(1 - adam.beta2),
            static_cast<float>(-rate_factor * adam.learning_rate / correction1),
            static_cast<float>(std::sqrt(correction2))};
}

Parameters::Parameters(std::vector<ArrayLayout> layout, const torch::Tensor& mask,
                       const AdamOptions& adam, std::size_t replicas, torch::Device device)
    : layout_(std::move(layout)), adam_(adam), steps_(replicas, 0.0) {
    std::int64_t count = 0;
    for (const ArrayLayout& array : layout_) count += static_cast<std::int64_t>(array.size());
    const auto rows = static_cast<std::int64_t>(replicas);
    values_ =
        torch::zeros({rows, count}, torch::TensorOptions().dtype(torch::kFloat32).device(device));
    first_moment_ = torch::zeros_like(values_);
    second_moment_ = torch::zeros_like(values_);
    if (mask.defined()) mask_ = mask.to(device);
    std::int64_t begin = 0;
    for (const ArrayLayout& array : layout_) {
        const auto size = static_cast<std::int64_t>(array.size());
        std::vector<std::int64_t> shape = array.shape;
        shape.insert(shape.begin(), rows);
        // detach() makes a leaf of the view; it keeps sharing the memory.
        leaves_.push_back(values_.narrow(1, begin, size).view(shape).detach());
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

AdamMoments Parameters::moments(std::size_t replica) const {
    return {.steps = static_cast<std::uint64_t>(steps_[replica]),
            .first = split(first_moment_, replica),
            .second = split(second_moment_, replica)};
}

void Parameters::load_moments(std::size_t replica, const AdamMoments& moments) {
    const torch::NoGradGuard no_grad;
    const auto row = static_cast<std::int64_t>(replica);
    first_moment_.select(0, row).copy_(joined(moments.first));
    second_moment_.select(0, row).copy_(joined(moments.second));
    steps_[replica] = static_cast<double>(moments.steps);
}

void Parameters::load(std::size_t replica, const NamedArrays& state) {
    const torch::NoGradGuard no_grad;
    const auto row = static_cast<std::int64_t>(replica);
    values_.select(0, row).copy_(joined(state));
    if (mask_.defined()) values_.select(0, row).mul_(mask_);
    first_moment_.select(0, row).zero_();
    second_moment_.select(0, row).zero_();
    steps_[replica] = 0;
}

torch::Tensor Parameters::gradient(const torch::Tensor& loss) const {
    std::vector<torch::Tensor> pieces = torch::autograd::grad({loss}, leaves_);
    for (torch::Tensor& piece : pieces) piece = piece.reshape({values_.size(0), -1});
    torch::Tensor gradient = torch::cat(pieces, 1);
    return mask_.defined() ? gradient.mul_(mask_) : gradient;
}

NamedArrays Parameters::split(const torch::Tensor& flat, std::size_t replica) const {
    const torch::Tensor row = flat.select(0, static_cast<std::int64_t>(replica));
    std::vector<float> values(static_cast<std::size_t>(row.numel()));
    copy_to(row, values);
    NamedArrays arrays;
    auto begin = values.begin();
    for (const ArrayLayout& array : layout_) {
        const auto end = begin + static_cast<std::ptrdiff_t>(array.size());
        arrays.push_back({array.name, array.shape, {begin, end}});
        begin = end;
    }
    return arrays;
}

void Parameters::step(const torch::Tensor& gradient) {
    std::vector<float> coefficients;
    for (double& steps : steps_) {
        const AdamCoefficients row = adam_coefficients(adam_, learning_rate_factor_, ++steps);
        coefficients.insert(coefficients.end(), row.begin(), row.end());
    }
    step(gradient, view(coefficients, std::tuple_size_v<AdamCoefficients>).to(values_.device()));
}

void Parameters::step(torch::Tensor gradient, const torch::Tensor& coefficients) {
    const torch::NoGradGuard no_grad;
    const auto column = [&](std::int64_t index) { return coefficients.narrow(1, index, 1); };
    if (adam_.weight_decay != 0) gradient.add_(values_, adam_.weight_decay);
    first_moment_.mul_(column(0)).addcmul_(gradient, column(1));
    second_moment_.mul_(column(2)).addcmul_(gradient.square(), column(3));
    const torch::Tensor denominator = second_moment_.sqrt().div_(column(5)).add_(adam_.epsilon);
    values_.addcmul_(first_moment_.div(denominator), column(4));
}

}  // namespace lacathode::torch_backend
