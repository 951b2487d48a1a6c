// Forward pass of a training step. Numbers in parentheses are equations of docs/engine.md.
#include "engine/maf_step.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lacathode::engine {
namespace {

double mean_weight(const FlowData& data, std::span<const std::uint32_t> rows) {
    double sum = 0;
    for (const std::uint32_t row : rows) sum += data.weight_of(row);
    return sum / static_cast<double>(rows.size());
}

}  // namespace

MafStep::MafStep(MafParameters& parameters, const EngineKernels& kernels, const AdamOptions& adam,
                 int threads)
    : parameters_(parameters),
      layout_(parameters.layout()),
      kernels_(kernels),
      adam_(adam, parameters.size()),
      members_(static_cast<std::size_t>(std::max(threads, 1))),
      team_(std::max(threads, 1)) {
    for (std::size_t m = 0; m < members_.size(); ++m) {
        members_[m].units = share_of_units(m);
        members_[m].batch_norms.resize(parameters.blocks());
        members_[m].sums.resize(parameters.blocks());
    }
}

double MafStep::step(const FlowData& data, std::span<const std::uint32_t> rows) {
    run(data, rows, nullptr);
    return mean_loss(data, rows);
}

MafNetwork::Gradient MafStep::gradient(const FlowData& data, std::span<const std::uint32_t> rows) {
    AlignedBuffer gradient(parameters_.size());
    run(data, rows, gradient.data());
    MafNetwork::Gradient result;
    for (const double value : log_prob_) result.log_prob.push_back(static_cast<float>(value));
    result.gradient = parameters_.named(gradient.data(), MafParameters::Content::parameters);
    return result;
}

void MafStep::run(const FlowData& data, std::span<const std::uint32_t> rows, float* gradient) {
    batch_ = {.data = &data,
              .panels = BatchPanels(rows, data.size(), kernels_.panel),
              .mean_weight = mean_weight(data, rows),
              .gradient = gradient};
    const std::size_t panels = batch_.panels.count();
    if (!workspace_ || workspace_->panels() < panels) {
        const MafArchitecture architecture{layout_.features(), layout_.hidden(),
                                           parameters_.blocks()};
        workspace_ = std::make_unique<MafWorkspace>(architecture, kernels_.panel, panels);
    }
    log_prob_.resize(rows.size());
    if (gradient == nullptr) batch_.adam = adam_.next_step();
    for (std::size_t m = 0; m < members_.size(); ++m) {
        members_[m].panels = share_of(panels, m, members_.size());
    }
    team_.run([this](std::size_t member) { run_member(member); });
}

void MafStep::run_member(std::size_t index) {
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

void MafStep::gather(const Member& member) {
    for (std::size_t p = member.panels.begin; p < member.panels.end; ++p) {
        const InputPanel first = workspace_->inputs(0, p);
        const auto row_of = [&](std::size_t e) { return batch_.panels.row(p, e); };
        first.gather(batch_.data->y, batch_.data->mass, 0, row_of);
        for (std::size_t k = 1; k < parameters_.blocks(); ++k) {
            workspace_->inputs(k, p).copy_condition(first);
        }
        std::fill_n(workspace_->log_det(p), kernels_.panel, 0.0F);
        for (std::size_t e = 0; e < kernels_.panel; ++e)
            workspace_->weight(p)[e] = static_cast<float>(batch_.data->weight_of(row_of(e)));
    }
}

/// (1) to (5) on a share of the events; then, with the moments of all of them, (6) to (8).
void MafStep::forward_block(Member& member, std::size_t k) {
    const std::size_t d = layout_.features();
    const MadeMatrices weights = parameters_.matrices(k);
    for (std::size_t p = member.panels.begin; p < member.panels.end; ++p) {
        kernels_.made_forward(layout_.shape(), weights, workspace_->made(k, p));
    }
    team_.barrier();
    std::array<double, max_features> mean;
    std::array<double, max_features> variance;
    const Panels u =
        panels(rows_of(workspace_->made(k, 0).u, kernels_.panel), workspace_->feature_stride());
    kernels_.moments(d, batch_.panels.events(), u, mean.data(), variance.data());
    for (std::size_t i = 0; i < d; ++i) variance[i] += batch_norm_epsilon;
    member.batch_norms[k].set(d, mean.data(), variance.data(), parameters_.log_gamma(k),
                              parameters_.beta(k));
    for (std::size_t p = member.panels.begin; p < member.panels.end; ++p) {
        kernels_.affine(d, member.batch_norms[k].forward(),
                        rows_of(workspace_->made(k, p).u, kernels_.panel),
                        workspace_->inputs(k + 1, p).features(k));
    }
}

/// (9) and (10).
void MafStep::finish_forward(const Member& member) {
    const std::size_t d = layout_.features();
    const std::size_t k = parameters_.blocks();
    const auto events = static_cast<float>(batch_.panels.events());
    double constant = -0.5 * static_cast<double>(d) * std::log(2 * std::numbers::pi);
    for (const BatchNormConstants& batch_norm : member.batch_norms) constant += batch_norm.log_det;
    for (std::size_t p = member.panels.begin; p < member.panels.end; ++p) {
        const Rows<float> z = workspace_->inputs(k, p).stored_features();
        const Rows<float> dz = rows_of(workspace_->feature_gradient(k, p), kernels_.panel);
        const float* weight = workspace_->weight(p);
        std::fill_n(dz.first, d * kernels_.panel, 0.0F);
        for (std::size_t e = 0; e < batch_.panels.events_in(p); ++e) {
            double squares = 0;
            for (std::size_t i = 0; i < d; ++i) {
                const float value = z.row(i)[e];
                squares += static_cast<double>(value) * static_cast<double>(value);
                dz.row(i)[e] = weight[e] * value / events;
            }
            log_prob_[p * kernels_.panel + e] =
                constant - 0.5 * squares + static_cast<double>(workspace_->log_det(p)[e]);
        }
    }
}

double MafStep::mean_loss(const FlowData& data, std::span<const std::uint32_t> rows) const {
    double sum = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) sum += data.weight_of(rows[i]) * log_prob_[i];
    return -sum / static_cast<double>(rows.size());
}

}  // namespace lacathode::engine
