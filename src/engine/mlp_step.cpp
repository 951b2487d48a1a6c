// Numbers in parentheses are equations of docs/engine.md.
#include "engine/mlp_step.hpp"

#include <algorithm>
#include <cmath>

#include "engine/gather.hpp"

namespace lacathode::engine {

MlpStep::MlpStep(MlpParameters& parameters, const EngineKernels& kernels, const AdamOptions& adam,
                 int threads)
    : parameters_(parameters),
      layers_(parameters.layers()),
      kernels_(kernels),
      adam_(adam, parameters.size()),
      team_(std::max(threads, 1)) {}

double MlpStep::step(const ClassifierData& data, std::span<const std::uint32_t> rows) {
    run(data, rows, nullptr);
    double sum = 0;
    for (const float loss : losses_) sum += static_cast<double>(loss);
    return sum / static_cast<double>(rows.size());
}

NamedArrays MlpStep::gradient(const ClassifierData& data, std::span<const std::uint32_t> rows) {
    AlignedBuffer gradient(parameters_.size());
    run(data, rows, gradient.data());
    return parameters_.named(gradient.data());
}

void MlpStep::run(const ClassifierData& data, std::span<const std::uint32_t> rows,
                  float* gradient) {
    batch_ = {.data = &data,
              .panels = BatchPanels(rows, data.size(), kernels_.panel),
              .gradient = gradient};
    const std::size_t panels = batch_.panels.count();
    if (!activations_ || activations_->panels() < panels) {
        activations_ = std::make_unique<MlpActivations>(layers_, kernels_.panel, panels);
        gradients_ = std::make_unique<MlpActivations>(layers_, kernels_.panel, panels);
    }
    losses_.resize(rows.size());
    if (gradient == nullptr) batch_.adam = adam_.next_step();
    team_.run([this](std::size_t member) { run_member(member); });
}

void MlpStep::run_member(std::size_t member) {
    const Share panels = share_of(batch_.panels.count(), member, team_.size());
    for (std::size_t p = panels.begin; p < panels.end; ++p) {
        gather(p);
        mlp_forward(parameters_, kernels_, *activations_, p);
        differentiate_loss(p);
        backward(p);
    }
    team_.barrier();
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        update_layer(l, share_of(layers_[l].outputs, member, team_.size()));
    }
}

void MlpStep::gather(std::size_t p) {
    const auto row_of = [&](std::size_t e) { return batch_.panels.row(p, e); };
    engine::gather(batch_.data->x, kernels_.panel, row_of, activations_->units(0, p));
}

/// (22) and (23).
void MlpStep::differentiate_loss(std::size_t p) {
    const float* logits = activations_->logits(p);
    float* gradient = gradients_->logits(p);
    const auto events = static_cast<float>(batch_.panels.events());
    std::fill_n(gradient, kernels_.panel, 0.0F);
    for (std::size_t e = 0; e < batch_.panels.events_in(p); ++e) {
        const std::size_t row = batch_.panels.row(p, e);
        const float target = batch_.data->target[row];
        const float weight = batch_.data->weight[row];
        const float x = logits[e];
        const float small = std::exp(-std::abs(x));  // no overflow, whatever the logit
        const float sigmoid = (x >= 0 ? 1.0F : small) / (1.0F + small);
        losses_[p * kernels_.panel + e] =
            weight * (std::max(x, 0.0F) - x * target + std::log1p(small));
        gradient[e] = weight * (sigmoid - target) / events;
    }
}

/// (24), down to the outputs of the first layer.
void MlpStep::backward(std::size_t p) {
    for (std::size_t l = layers_.size() - 1; l > 0; --l) {
        kernels_.dense_backward(parameters_.weights(layers_[l]), layers_[l].stride,
                                layers_[l].outputs, layers_[l].inputs,
                                gradients_->outputs(l, p).first, activations_->units(l, p).first,
                                gradients_->units(l, p).first);
    }
}

/// (18) to (20) for a share of a layer's units.
void MlpStep::update_layer(std::size_t layer, const Share& units) {
    if (units.begin == units.end) return;
    const DenseLayer& dense = layers_[layer];
    const std::size_t panels = batch_.panels.count();
    float* gradient = batch_.gradient;
    const OuterProduct product{
        .left = {gradients_->outputs(layer, 0), gradients_->output_stride(layer), panels},
        .right = {rows_of(activations_->input(layer, 0), kernels_.panel),
                  activations_->stride(layer), panels},
        .stride = dense.stride,
        .adam = gradient == nullptr ? &batch_.adam : nullptr,
        .arrays = adam_.arrays(parameters_.values(), dense.offset),
        .gradient = gradient == nullptr ? nullptr : gradient + dense.offset};
    kernels_.outer_product(product, units.begin, units.end, 0, dense.columns());
}

}  // namespace lacathode::engine
