#include "engine/classifier_training.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"

namespace lacathode::detail {

ClassifierTraining::ClassifierTraining(ClassifierParameters& parameters,
                                       const EngineKernels& kernels, const AdamOptions& adam,
                                       int threads)
    : parameters_(parameters),
      layers_(parameters.layers()),
      kernels_(kernels),
      adam_(adam, parameters.size()),
      team_(std::max(threads, 1)) {}

double ClassifierTraining::step(const ClassifierData& data, std::span<const std::uint32_t> rows) {
    run(data, rows, nullptr);
    double sum = 0;
    for (const float loss : losses_) sum += static_cast<double>(loss);
    return sum / static_cast<double>(rows.size());
}

NamedArrays ClassifierTraining::gradient(const ClassifierData& data,
                                         std::span<const std::uint32_t> rows) {
    AlignedBuffer gradient(parameters_.size());
    run(data, rows, gradient.data());
    return parameters_.named(gradient.data());
}

void ClassifierTraining::run(const ClassifierData& data, std::span<const std::uint32_t> rows,
                             float* gradient) {
    expects(!rows.empty(), "a batch has at least one event");
    expects(std::ranges::all_of(rows, [&](std::uint32_t row) { return row < data.size(); }),
            "rows of a batch lie inside the data");
    const std::size_t panels = (rows.size() + kernels_.panel - 1) / kernels_.panel;
    if (!activations_ || activations_->panels() < panels) {
        activations_ = std::make_unique<ClassifierActivations>(layers_, kernels_.panel, panels);
        gradients_ = std::make_unique<ClassifierActivations>(layers_, kernels_.panel, panels);
    }
    losses_.resize(rows.size());
    batch_ = {.data = &data, .rows = rows, .panels = panels, .gradient = gradient};
    if (gradient == nullptr) batch_.adam = adam_.next_step();
    team_.run([this](std::size_t member) { run_member(member); });
}

void ClassifierTraining::run_member(std::size_t member) {
    const Share panels = share_of(batch_.panels, member, team_.size());
    for (std::size_t p = panels.begin; p < panels.end; ++p) {
        gather(p);
        classify(parameters_, kernels_, *activations_, p);
        differentiate_loss(p);
        backward(p);
    }
    team_.barrier();
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        update_layer(l, share_of(layers_[l].outputs, member, team_.size()));
    }
}

void ClassifierTraining::gather(std::size_t p) {
    for (std::size_t e = 0; e < kernels_.panel; ++e) {
        // Padding repeats the first event: harmless values, left out of every sum.
        const std::size_t position = p * kernels_.panel + e;
        const std::size_t row = batch_.rows[position < batch_.rows.size() ? position : 0];
        const std::span<const float> x = batch_.data->x.row(row);
        for (std::size_t i = 0; i < x.size(); ++i) activations_->input(p, i, e) = x[i];
    }
}

void ClassifierTraining::differentiate_loss(std::size_t p) {
    const float* logits = activations_->logits(p);
    float* gradient = gradient_of(layers_.size(), p);
    const auto events = static_cast<float>(batch_.rows.size());
    for (std::size_t e = 0; e < kernels_.panel; ++e) {
        const std::size_t position = p * kernels_.panel + e;
        gradient[e] = 0;
        if (position >= batch_.rows.size()) continue;
        const std::size_t row = batch_.rows[position];
        const float target = batch_.data->target[row];
        const float weight = batch_.data->weight[row];
        const float x = logits[e];
        const float small = std::exp(-std::abs(x));  // no overflow, whatever the logit
        const float sigmoid = (x >= 0 ? 1.0F : small) / (1.0F + small);
        losses_[position] = weight * (std::max(x, 0.0F) - x * target + std::log1p(small));
        gradient[e] = weight * (sigmoid - target) / events;
    }
}

void ClassifierTraining::backward(std::size_t p) {
    for (std::size_t l = layers_.size() - 1; l > 0; --l) {
        const std::size_t first_row = l + 1 == layers_.size() ? 0 : kernels_.panel;
        kernels_.dense_backward(
            parameters_.weights(layers_[l]), layers_[l].stride, layers_[l].outputs,
            layers_[l].inputs, gradient_of(l + 1, p) + first_row,
            activations_->activation(l, p) + kernels_.panel, gradient_of(l, p) + kernels_.panel);
    }
}

void ClassifierTraining::update_layer(std::size_t layer, const Share& units) {
    if (units.begin == units.end) return;
    const DenseLayer& dense = layers_[layer];
    const auto step = static_cast<std::ptrdiff_t>(kernels_.panel);
    float* gradient = batch_.gradient;
    const OuterProduct product{.left = output_gradients(layer),
                               .right = {{activations_->activation(layer, 0), step},
                                         activations_->stride(layer),
                                         batch_.panels},
                               .stride = dense.stride,
                               .adam = gradient == nullptr ? &batch_.adam : nullptr,
                               .arrays = adam_.arrays(parameters_.values(), dense.offset),
                               .gradient = gradient == nullptr ? nullptr : gradient + dense.offset};
    kernels_.outer_product(product, units.begin, units.end, 0, 1 + dense.inputs);
}

float* ClassifierTraining::gradient_of(std::size_t layer, std::size_t p) {
    return layer == layers_.size() ? gradients_->logits(p) : gradients_->activation(layer, p);
}

Panels ClassifierTraining::output_gradients(std::size_t layer) {
    const auto step = static_cast<std::ptrdiff_t>(kernels_.panel);
    if (layer + 1 == layers_.size()) {
        return {{gradients_->logits(0), step}, kernels_.panel, batch_.panels};
    }
    return {{gradients_->activation(layer + 1, 0) + kernels_.panel, step},
            gradients_->stride(layer + 1),
            batch_.panels};
}

}  // namespace lacathode::detail
