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
    const std::size_t panels = (batch_.rows.size() + panel - 1) / panel;
    const auto dy = [&](std::size_t p) -> Rows<const float> {
        const Rows<float> rows =
            logical_features(workspace_->feature_gradient(k + 1, p), d, panel, k);
        return {rows.first, rows.step};
    };

    BatchNormSums& sums = member.sums;
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

void FlowTraining::update_units(const Member& member, std::size_t k) {
    const std::size_t panel = kernels_.panel;
    const auto step = static_cast<std::ptrdiff_t>(panel);
    const std::size_t panels = (batch_.rows.size() + panel - 1) / panel;
    const std::size_t columns = 2 * layout_.features();
    const MadePanel made = workspace_->made(k, 0);
    const MadeGradientPanel gradient = workspace_->gradient(k, 0);
    const std::size_t hidden = workspace_->hidden_stride();
    const MadeShape shape = layout_.shape();
    const auto matrices = matrices_of(layout_, block_gradient(k));
    const OuterProduct input{
        .left = {{gradient.hidden1 + panel, step}, hidden, panels},
        .right = {{made.inputs.first, made.inputs.step}, workspace_->input_stride(), panels},
        .gradient = matrices.input,
        .gradient_stride = shape.input_stride};
    const OuterProduct hidden_units{.left = {{gradient.hidden2 + panel, step}, hidden, panels},
                                    .right = {{made.hidden1, step}, hidden, panels},
                                    .gradient = matrices.hidden,
                                    .gradient_stride = shape.hidden_stride};
    const OuterProduct output{
        .left = {{made.hidden2 + panel, step}, hidden, panels},
        .right = {{gradient.outputs, step}, workspace_->output_stride(), panels},
        .gradient = matrices.output + shape.output_stride,
        .gradient_stride = shape.output_stride};

    for (std::size_t i = 0; i < layout_.features(); ++i) {
        const std::size_t first = i == 0 ? 0 : layout_.reach()[i - 1];
        const std::size_t begin = std::max(member.units.begin, first);
        const std::size_t end = std::min<std::size_t>(member.units.end, layout_.reach()[i]);
        if (begin >= end) continue;
        const std::size_t reach = 1 + layout_.reach()[i];
        kernels_.outer_product(input, begin, end, 0, 2 + i);
        kernels_.outer_product(hidden_units, begin, end, 0, reach);
        kernels_.outer_product(output, begin, end, 2 * i, columns);
        adam(k, {layout_.input(begin, 0), shape.input_stride, end - begin, 2 + i});
        adam(k, {layout_.hidden(begin, 0), shape.hidden_stride, end - begin, reach});
        adam(k, {layout_.output(1 + begin, 0), shape.output_stride, end - begin, columns});
    }
}

void FlowTraining::update_rest(const Member& member, std::size_t k) {
    const std::size_t d = layout_.features();
    const auto step = static_cast<std::ptrdiff_t>(kernels_.panel);
    const std::size_t panels = (batch_.rows.size() + kernels_.panel - 1) / kernels_.panel;
    float* gradient = block_gradient(k);
    const OuterProduct output_bias{
        .left = {{workspace_->made(k, 0).hidden2, step}, workspace_->hidden_stride(), panels},
        .right = {{workspace_->output_gradient(k, 0), step}, workspace_->output_stride(), panels},
        .gradient = gradient + layout_.output(0, 0),
        .gradient_stride = layout_.shape().output_stride};
    kernels_.outer_product(output_bias, 0, 1, 0, 2 * d);
    for (std::size_t i = 0; i < d; ++i) {
        const double scale = static_cast<double>(member.batch_norms[k].scale[i]);
        gradient[layout_.log_gamma() + i] =
            static_cast<float>(member.sums.projected[i] * scale - 1);
        gradient[layout_.beta() + i] = static_cast<float>(member.sums.gradient[i]);
    }
    adam(k, {layout_.output(0, 0), 0, 1, 2 * d});
    adam(k, {layout_.log_gamma(), 0, 1, d});
    adam(k, {layout_.beta(), 0, 1, d});
}

void FlowTraining::adam(std::size_t k, const AdamRows& rows) {
    if (batch_.purpose == Purpose::gradient) return;
    const std::size_t offset = k * layout_.size();
    kernels_.adam(batch_.adam,
                  adam_.arrays(offset, parameters_.values() + offset, block_gradient(k)), rows);
}

float* FlowTraining::block_gradient(std::size_t k) {
    return gradient_.data() + (batch_.purpose == Purpose::gradient ? k * layout_.size() : 0);
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
