// Backward pass of a training step: activations by panels, weights and Adam by hidden units.
// Numbers in parentheses are equations of docs/engine.md.
#include <algorithm>

#include "engine/maf_step.hpp"

namespace lacathode::engine {

/// (11) to (17) on a share of the events.
void MafStep::backward_block(Member& member, std::size_t k) {
    const std::size_t d = layout_.features();
    const auto events = static_cast<double>(batch_.panels.events());
    const BatchNormConstants& batch_norm = member.batch_norms[k];
    sum_gradients(member, k);
    const BatchNormSums& sums = member.sums[k];
    std::array<float, max_features> mean_gradient;
    std::array<float, max_features> mean_projected;
    for (std::size_t i = 0; i < d; ++i) {
        mean_gradient[i] = static_cast<float>(sums.gradient[i] / events);
        mean_projected[i] = static_cast<float>(
            sums.projected[i] * static_cast<double>(batch_norm.inverse_std[i]) / events);
    }
    const BatchNormGradient constants{
        .mean = batch_norm.mean.data(),
        .inverse_std = batch_norm.inverse_std.data(),
        .scale = batch_norm.scale.data(),
        .mean_gradient = mean_gradient.data(),
        .mean_projected = mean_projected.data(),
        .inverse_events = static_cast<float>(1 / events),
        .mean_share = static_cast<float>(batch_.mean_weight / events)};
    const MadeMatrices weights = parameters_.matrices(k);
    for (std::size_t p = member.panels.begin; p < member.panels.end; ++p) {
        const MadePanel made = workspace_->made(k, p);
        const MadeGradientPanel gradient = workspace_->gradient(k, p);
        kernels_.batch_norm_backward(d, batch_.panels.events_in(p), constants, made,
                                     workspace_->weight(p), workspace_->gradient_behind(k, p),
                                     workspace_->output_gradient(k, p), gradient.features);
        kernels_.made_backward(layout_.shape(), weights, made, gradient);
    }
}

/// The sums of (11) over all events; every member needs them at once, so each takes them itself.
void MafStep::sum_gradients(Member& member, std::size_t k) {
    const std::size_t stride = workspace_->feature_stride();
    const Panels dy = panels(workspace_->gradient_behind(k, 0), stride);
    const Panels u = panels(rows_of(workspace_->made(k, 0).u, kernels_.panel), stride);
    kernels_.gradient_sums(layout_.features(), dy, u, member.batch_norms[k].mean.data(),
                           member.sums[k].gradient.data(), member.sums[k].projected.data());
}

void MafStep::update_block(const Member& member, std::size_t k, bool last_member) {
    update_units(member, k);
    if (!last_member) return;
    update_output_biases(k);
    update_batch_norm(member, k);
}

OuterProduct MafStep::outer_product(std::size_t k, const Panels& left, const Panels& right,
                                    std::size_t offset, std::size_t stride) {
    float* gradient = batch_.gradient;
    return {.left = left,
            .right = right,
            .stride = stride,
            .adam = gradient == nullptr ? &batch_.adam : nullptr,
            .arrays = adam_arrays(k, offset),
            .gradient = gradient == nullptr ? nullptr : gradient + parameters_.offset(k) + offset};
}

AdamArrays MafStep::adam_arrays(std::size_t k, std::size_t offset) {
    return adam_.arrays(parameters_.values(), parameters_.offset(k) + offset);
}

/// (18) to (20) for a share of the hidden units: their rows of the three matrices. Units that see
/// as many features share the columns that act.
void MafStep::update_units(const Member& member, std::size_t k) {
    const MadeShape shape = layout_.shape();
    const MadePanel made = workspace_->made(k, 0);
    const MadeGradientPanel gradient = workspace_->gradient(k, 0);
    const auto hidden_panels = [&](const float* ones_and_units) {
        return panels(rows_of(ones_and_units, kernels_.panel), workspace_->hidden_stride());
    };
    const auto unit_panels = [&](const float* ones_and_units) {
        return panels(rows_of(ones_and_units, kernels_.panel).from(unit_row(0)),
                      workspace_->hidden_stride());
    };
    const Panels inputs = panels(made.inputs, workspace_->input_stride());
    const Panels outputs =
        panels(rows_of(gradient.outputs, kernels_.panel), workspace_->output_stride());
    const OuterProduct input = outer_product(k, unit_panels(gradient.hidden1), inputs,
                                             layout_.input(0, 0), shape.input_stride);
    const OuterProduct hidden =
        outer_product(k, unit_panels(gradient.hidden2), hidden_panels(made.hidden1),
                      layout_.hidden(0, 0), shape.hidden_stride);
    const OuterProduct output = outer_product(k, unit_panels(made.hidden2), outputs,
                                              layout_.output(unit_row(0), 0), shape.output_stride);

    for (std::size_t i = 0; i < shape.features; ++i) {
        const std::size_t begin = std::max(member.units.begin, shape.first_unit(i));
        const std::size_t end = std::min(member.units.end, shape.end_unit(i));
        if (begin >= end) continue;
        kernels_.outer_product(input, begin, end, 0, feature_row(i));
        kernels_.outer_product(hidden, begin, end, 0, unit_row(shape.end_unit(i)));
        kernels_.outer_product(output, begin, end, mu_row(i), mu_row(shape.features));
    }
}

/// (18) to (20) for row 0 of the output matrix, which no hidden unit owns.
void MafStep::update_output_biases(std::size_t k) {
    const Panels ones = panels(rows_of(workspace_->made(k, 0).hidden2, kernels_.panel),
                               workspace_->hidden_stride());
    const Panels outputs = panels(rows_of(workspace_->output_gradient(k, 0), kernels_.panel),
                                  workspace_->output_stride());
    const OuterProduct product =
        outer_product(k, ones, outputs, layout_.output(bias_row, 0), layout_.shape().output_stride);
    kernels_.outer_product(product, bias_row, bias_row + 1, 0, mu_row(layout_.features()));
}

/// (11), (19) and (20) for log_gamma and beta, which lie behind one another.
void MafStep::update_batch_norm(const Member& member, std::size_t k) {
    const std::size_t offset = layout_.log_gamma();
    const std::size_t count = layout_.size() - offset;
    alignas(floats_per_line * sizeof(float)) std::array<float, 2 * whole_lines(max_features)>
        gradient{};
    float* beta = gradient.data() + (layout_.beta() - offset);
    for (std::size_t i = 0; i < layout_.features(); ++i) {
        const double scale = static_cast<double>(member.batch_norms[k].scale[i]);
        gradient[i] = static_cast<float>(member.sums[k].projected[i] * scale - batch_.mean_weight);
        beta[i] = static_cast<float>(member.sums[k].gradient[i]);
    }
    if (batch_.gradient == nullptr) {
        kernels_.adam(batch_.adam, adam_arrays(k, offset), gradient.data(), count);
    } else {
        std::copy_n(gradient.data(), count, batch_.gradient + parameters_.offset(k) + offset);
    }
}

/// Shares of nearly equal cost: the parameters of a unit that act.
Share MafStep::share_of_units(std::size_t member) const {
    const auto cost = [this](std::size_t unit) {
        const std::size_t seen = layout_.features_seen()[unit];
        return feature_row(seen) + unit_row(layout_.reach()[seen]) +
               mu_row(layout_.features() - seen);
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

}  // namespace lacathode::engine
