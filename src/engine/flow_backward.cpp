// Backward pass of a training step: activations by panels, weights and Adam by hidden units.
#include <algorithm>

#include "engine/flow_training.hpp"
#include "engine/input_panel.hpp"

namespace lacathode::detail {

void FlowTraining::backward_block(Member& member, std::size_t k) {
    const std::size_t d = layout_.features();
    const std::size_t panel = kernels_.panel;
    const auto step = static_cast<std::ptrdiff_t>(panel);
    const auto events = static_cast<double>(batch_.rows.size());
    const BatchNormConstants& batch_norm = member.batch_norms[k];
    const std::size_t panels = batch_.panels;
    const auto dy = [&](std::size_t p) -> Rows<const float> {
        const Rows<float> rows =
            logical_features(workspace_->feature_gradient(k + 1, p), d, panel, k);
        return {rows.first, rows.step};
    };

    BatchNormSums& sums = member.sums[k];
    kernels_.gradient_sums(d, {dy(0), workspace_->feature_stride(), panels},
                           {{workspace_->made(k, 0).u, step}, workspace_->feature_stride(), panels},
                           batch_norm.mean.data(), sums.gradient.data(), sums.projected.data());
    std::array<float, max_features> mean_gradient;
    std::array<float, max_features> mean_projected;
    for (std::size_t i = 0; i < d; ++i) {
        mean_gradient[i] = static_cast<float>(sums.gradient[i] / events);
        mean_projected[i] = static_cast<float>(
            sums.projected[i] * static_cast<double>(batch_norm.inverse_std[i]) / events);
    }
    const BatchNormGradient constants{.mean = batch_norm.mean.data(),
                                      .inverse_std = batch_norm.inverse_std.data(),
                                      .scale = batch_norm.scale.data(),
                                      .mean_gradient = mean_gradient.data(),
                                      .mean_projected = mean_projected.data(),
                                      .inverse_events = static_cast<float>(1 / events)};
    const auto weights = matrices_of(layout_, parameters_.block(k));
    for (std::size_t p = member.panels.begin; p < member.panels.end; ++p) {
        const MadePanel made = workspace_->made(k, p);
        const MadeGradientPanel gradient = workspace_->gradient(k, p);
        kernels_.batch_norm_backward(d, events_in(p), constants, made, dy(p),
                                     workspace_->output_gradient(k, p), gradient.features);
        kernels_.made_backward(layout_.shape(), weights, made, gradient);
    }
}

void FlowTraining::update_block(const Member& member, std::size_t k, bool last_member) {
    update_units(member, k);
    if (last_member) update_rest(member, k);
}

OuterProduct FlowTraining::outer_product(std::size_t k, const Panels& left, const Panels& right,
                                         std::size_t offset, std::size_t stride) {
    float* gradient = batch_.gradient;
    return {.left = left,
            .right = right,
            .stride = stride,
            .adam = gradient == nullptr ? &batch_.adam : nullptr,
            .arrays = adam_arrays(k, offset),
            .gradient = gradient == nullptr ? nullptr : gradient + k * layout_.size() + offset};
}

AdamArrays FlowTraining::adam_arrays(std::size_t k, std::size_t offset) {
    return adam_.arrays(parameters_.values(), k * layout_.size() + offset);
}

void FlowTraining::update_units(const Member& member, std::size_t k) {
    const std::size_t panel = kernels_.panel;
    const auto step = static_cast<std::ptrdiff_t>(panel);
    const MadeShape shape = layout_.shape();
    const MadePanel made = workspace_->made(k, 0);
    const MadeGradientPanel gradient = workspace_->gradient(k, 0);
    const auto units = [&](const float* first) -> Panels {
        return {{first, step}, workspace_->hidden_stride(), batch_.panels};
    };
    const Panels inputs{
        {made.inputs.first, made.inputs.step}, workspace_->input_stride(), batch_.panels};
    const Panels outputs{{gradient.outputs, step}, workspace_->output_stride(), batch_.panels};
    const OuterProduct input = outer_product(k, units(gradient.hidden1 + panel), inputs,
                                             layout_.input(0, 0), shape.input_stride);
    const OuterProduct hidden =
        outer_product(k, units(gradient.hidden2 + panel), units(made.hidden1), layout_.hidden(0, 0),
                      shape.hidden_stride);
    const OuterProduct output = outer_product(k, units(made.hidden2 + panel), outputs,
                                              layout_.output(1, 0), shape.output_stride);

    for (std::size_t i = 0; i < layout_.features(); ++i) {
        const std::size_t first = i == 0 ? 0 : layout_.reach()[i - 1];
        const std::size_t begin = std::max(member.units.begin, first);
        const std::size_t end = std::min<std::size_t>(member.units.end, layout_.reach()[i]);
        if (begin >= end) continue;
        kernels_.outer_product(input, begin, end, 0, 2 + i);
        kernels_.outer_product(hidden, begin, end, 0, 1 + layout_.reach()[i]);
        kernels_.outer_product(output, begin, end, 2 * i, 2 * layout_.features());
    }
}

void FlowTraining::update_rest(const Member& member, std::size_t k) {
    const std::size_t d = layout_.features();
    const auto step = static_cast<std::ptrdiff_t>(kernels_.panel);
    const Panels ones{
        {workspace_->made(k, 0).hidden2, step}, workspace_->hidden_stride(), batch_.panels};
    const Panels outputs{
        {workspace_->output_gradient(k, 0), step}, workspace_->output_stride(), batch_.panels};
    kernels_.outer_product(
        outer_product(k, ones, outputs, layout_.output(0, 0), layout_.shape().output_stride), 0, 1,
        0, 2 * d);

    const std::size_t batch_norm = layout_.log_gamma();
    alignas(64) std::array<float, 2 * whole_lines(max_features)> gradient{};
    float* beta = gradient.data() + (layout_.beta() - batch_norm);
    for (std::size_t i = 0; i < d; ++i) {
        const double scale = static_cast<double>(member.batch_norms[k].scale[i]);
        gradient[i] = static_cast<float>(member.sums[k].projected[i] * scale - 1);
        beta[i] = static_cast<float>(member.sums[k].gradient[i]);
    }
    const std::size_t count = layout_.size() - batch_norm;
    if (batch_.gradient == nullptr) {
        kernels_.adam(batch_.adam, adam_arrays(k, batch_norm), gradient.data(), count);
    } else {
        std::copy_n(gradient.data(), count, batch_.gradient + k * layout_.size() + batch_norm);
    }
}

Share FlowTraining::share_of_units(std::size_t member) const {
    const auto cost = [this](std::size_t unit) {
        const std::size_t seen = layout_.features_seen()[unit];
        return 3 + seen + layout_.reach()[seen] + 2 * (layout_.features() - seen);
    };
    std::size_t total = 0;
    for (std::size_t unit = 0; unit < layout_.hidden(); ++unit) total += cost(unit);
    const auto boundary = [&](std::size_t m) {
        const std::size_t wanted = total * m / members_.size();
        std::size_t unit = 0;
        for (std::size_t sum = 0; unit < layout_.hidden() && sum < wanted; ++unit)
            sum += cost(unit);
        return unit;
    };
    return {boundary(member), boundary(member + 1)};
}

}  // namespace lacathode::detail
