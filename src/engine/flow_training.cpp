#include "engine/flow_training.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/input_panel.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::detail {

FlowTraining::FlowTraining(FlowParameters& parameters, const EngineKernels& kernels,
                           const AdamOptions& adam, int threads)
    : parameters_(parameters),
      layout_(parameters.layout()),
      kernels_(kernels),
      adam_(adam, parameters.blocks() * layout_.size()),
      members_(static_cast<std::size_t>(std::max(threads, 1))),
      team_(std::max(threads, 1)) {
    for (std::size_t m = 0; m < members_.size(); ++m) {
        members_[m].units = share_of_units(m);
        members_[m].batch_norms.resize(parameters.blocks());
        members_[m].sums.resize(parameters.blocks());
    }
}

double FlowTraining::step(const FlowData& data, std::span<const std::uint32_t> rows) {
    run(data, rows, nullptr);
    return mean_loss();
}

DensityEstimator::Gradient FlowTraining::gradient(const FlowData& data,
                                                  std::span<const std::uint32_t> rows) {
    AlignedBuffer gradient(parameters_.blocks() * layout_.size());
    run(data, rows, gradient.data());
    DensityEstimator::Gradient result;
    for (const double value : log_prob_) result.log_prob.push_back(static_cast<float>(value));
    result.gradient = parameters_.named(gradient.data(), FlowParameters::Content::parameters);
    return result;
}

void FlowTraining::run(const FlowData& data, std::span<const std::uint32_t> rows, float* gradient) {
    expects(!rows.empty(), "a batch has at least one event");
    expects(std::ranges::all_of(rows, [&](std::uint32_t row) { return row < data.size(); }),
            "rows of a batch lie inside the data");
    const std::size_t panels = (rows.size() + kernels_.panel - 1) / kernels_.panel;
    if (!workspace_ || workspace_->panels() < panels) {
        const FlowArchitecture architecture{layout_.features(), layout_.hidden(),
                                            parameters_.blocks()};
        workspace_ = std::make_unique<FlowWorkspace>(architecture, kernels_.panel, panels);
    }
    log_prob_.resize(rows.size());
    batch_ = {.data = &data, .rows = rows, .panels = panels, .gradient = gradient};
    if (gradient == nullptr) batch_.adam = adam_.next_step();
    for (std::size_t m = 0; m < members_.size(); ++m) {
        members_[m].panels = share_of(panels, m, members_.size());
    }
    team_.run([this](std::size_t member) { run_member(member); });
}

void FlowTraining::run_member(std::size_t index) {
    Member& member = members_[index];
    const bool last_member = index + 1 == members_.size();
    gather(member);
    for (std::size_t k = 0; k < parameters_.blocks(); ++k) forward_block(member, k);
    finish_forward(member);
    team_.barrier();
    // While the others finish their events of block k, a member updates its units of block k + 1.
    for (std::size_t k = parameters_.blocks(); k-- > 0;) {
        backward_block(member, k);
        const std::uint32_t arrival = team_.arrive();
        if (k + 1 < parameters_.blocks()) update_block(member, k + 1, last_member);
        team_.wait(arrival);
    }
    update_block(member, 0, last_member);
}

void FlowTraining::gather(const Member& member) {
    const std::size_t d = layout_.features();
    const std::size_t panel = kernels_.panel;
    for (std::size_t p = member.panels.begin; p < member.panels.end; ++p) {
        float* inputs = workspace_->inputs(0, p);
        float* features = stored_features(inputs, panel);
        std::array<float, 64> mass{};
        for (std::size_t e = 0; e < panel; ++e) {
            // Padding repeats the first event: harmless values, left out of every sum.
            const std::size_t position = p * panel + e;
            const std::size_t row = batch_.rows[position < batch_.rows.size() ? position : 0];
            mass[e] = batch_.data->mass[row];
            for (std::size_t i = 0; i < d; ++i) {
                features[i * panel + e] = batch_.data->y(row, i);
            }
        }
        for (std::size_t k = 0; k < parameters_.blocks(); ++k) {
            set_condition(workspace_->inputs(k, p), d, panel, mass.data());
        }
        std::fill_n(workspace_->log_det(p), panel, 0.0F);
    }
}

void FlowTraining::forward_block(Member& member, std::size_t k) {
    const std::size_t d = layout_.features();
    const auto step = static_cast<std::ptrdiff_t>(kernels_.panel);
    const float* block = parameters_.block(k);
    const auto weights = matrices_of(layout_, block);
    for (std::size_t p = member.panels.begin; p < member.panels.end; ++p) {
        kernels_.made_forward(layout_.shape(), weights, workspace_->made(k, p));
    }
    team_.barrier();
    std::array<double, max_features> mean;
    std::array<double, max_features> variance;
    const Panels u{{workspace_->made(k, 0).u, step}, workspace_->feature_stride(), 0};
    kernels_.moments(d, batch_.rows.size(), u, mean.data(), variance.data());
    for (double& value : variance) value += batch_norm_epsilon;
    member.batch_norms[k].set(d, mean.data(), variance.data(), block + layout_.log_gamma(),
                              block + layout_.beta());
    for (std::size_t p = member.panels.begin; p < member.panels.end; ++p) {
        float* next = stored_features(workspace_->inputs(k + 1, p), kernels_.panel);
        kernels_.affine(d, member.batch_norms[k].forward(), {workspace_->made(k, p).u, step},
                        logical_features(next, d, kernels_.panel, k));
    }
}

void FlowTraining::finish_forward(const Member& member) {
    const std::size_t d = layout_.features();
    const std::size_t k = parameters_.blocks();
    const auto events = static_cast<float>(batch_.rows.size());
    double constant = -0.5 * static_cast<double>(d) * std::log(2 * std::numbers::pi);
    for (const BatchNormConstants& batch_norm : member.batch_norms) constant += batch_norm.log_det;
    for (std::size_t p = member.panels.begin; p < member.panels.end; ++p) {
        const float* z = stored_features(workspace_->inputs(k, p), kernels_.panel);
        float* dz = workspace_->feature_gradient(k, p);
        std::fill_n(dz, d * kernels_.panel, 0.0F);
        for (std::size_t e = 0; e < events_in(p); ++e) {
            double squares = 0;
            for (std::size_t i = e; i < d * kernels_.panel; i += kernels_.panel) {
                squares += static_cast<double>(z[i]) * static_cast<double>(z[i]);
                dz[i] = z[i] / events;
            }
            log_prob_[p * kernels_.panel + e] =
                constant - 0.5 * squares + static_cast<double>(workspace_->log_det(p)[e]);
        }
    }
}

std::size_t FlowTraining::events_in(std::size_t p) const {
    return std::min(kernels_.panel, batch_.rows.size() - p * kernels_.panel);
}

double FlowTraining::mean_loss() const {
    double sum = 0;
    for (const double value : log_prob_) sum += value;
    return -sum / static_cast<double>(log_prob_.size());
}

}  // namespace lacathode::detail
