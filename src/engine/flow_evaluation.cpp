#include "engine/flow_evaluation.hpp"

#include <algorithm>

#include "engine/input_panel.hpp"
#include "lacathode/core/parallel.hpp"

namespace lacathode::detail {
namespace {

/// Enough events to reuse a block's weights from the level-2 cache, few enough to stay there.
constexpr std::size_t events_per_block = 256;

}  // namespace

/// Arrays of one thread for one block of events.
struct FlowEvaluation::Workspace {
    Workspace(std::size_t d, std::size_t h, std::size_t panel_events)
        : features(d),
          panel(panel_events),
          inputs(events_per_block * input_rows(d)),
          log_det(events_per_block),
          mass(events_per_block),
          hidden1((1 + h) * panel_events),
          hidden2((1 + h) * panel_events),
          u(d * panel_events),
          scale(d * panel_events) {
        std::fill_n(hidden1.data(), panel, 1.0F);
        std::fill_n(hidden2.data(), panel, 1.0F);
    }

    [[nodiscard]] float* panel_inputs(std::size_t p) {
        return inputs.data() + p * input_rows(features) * panel;
    }
    [[nodiscard]] MadePanel made(std::size_t p, std::size_t block) {
        return {.inputs = logical_inputs(panel_inputs(p), features, panel, block),
                .hidden1 = hidden1.data(),
                .hidden2 = hidden2.data(),
                .u = u.data(),
                .scale = scale.data(),
                .log_det = log_det.data() + p * panel};
    }
    /// Stored feature s of event e.
    [[nodiscard]] float& feature(std::size_t e, std::size_t s) {
        return stored_features(panel_inputs(e / panel), panel)[s * panel + e % panel];
    }

    std::size_t features;
    std::size_t panel;
    AlignedBuffer inputs;   ///< [panels, D + 4, panel]
    AlignedBuffer log_det;  ///< [events]
    AlignedBuffer mass;     ///< [events]
    AlignedBuffer hidden1;  ///< [1 + H, panel], and so on: one panel at a time
    AlignedBuffer hidden2;
    AlignedBuffer u;
    AlignedBuffer scale;
};

FlowEvaluation::FlowEvaluation(const FlowParameters& parameters, const EngineKernels& kernels)
    : parameters_(parameters), kernels_(kernels), batch_norms_(parameters.blocks()) {
    const MadeLayout& layout = parameters.layout();
    for (std::size_t k = 0; k < parameters.blocks(); ++k) {
        const float* block = parameters.block(k);
        batch_norms_[k].set(layout.features(), parameters.running_mean(k),
                            parameters.running_var(k), block + layout.log_gamma(),
                            block + layout.beta());
        log_det_ += batch_norms_[k].log_det;
    }
}

void FlowEvaluation::forward_panels(Workspace& workspace, std::size_t panels) const {
    const MadeLayout& layout = parameters_.layout();
    const auto step = static_cast<std::ptrdiff_t>(kernels_.panel);
    for (std::size_t k = 0; k < parameters_.blocks(); ++k) {
        const auto weights = matrices_of(layout, parameters_.block(k));
        for (std::size_t p = 0; p < panels; ++p) {
            const MadePanel made = workspace.made(p, k);
            kernels_.made_forward(layout.shape(), weights, made);
            kernels_.affine(layout.features(), batch_norms_[k].forward(), {made.u, step},
                            made.inputs.from(2));
        }
    }
}

void FlowEvaluation::inverse_panels(Workspace& workspace, std::size_t panels) const {
    const MadeLayout& layout = parameters_.layout();
    const auto step = static_cast<std::ptrdiff_t>(kernels_.panel);
    for (std::size_t k = parameters_.blocks(); k-- > 0;) {
        const auto weights = matrices_of(layout, parameters_.block(k));
        for (std::size_t p = 0; p < panels; ++p) {
            const MadePanel made = workspace.made(p, k);
            const Rows<float> y = made.inputs.from(2);
            kernels_.affine(layout.features(), batch_norms_[k].inverse(), {y.first, y.step},
                            {made.u, step});
            kernels_.made_inverse(layout.shape(), weights, made);
        }
    }
}

template <class Map>
void FlowEvaluation::for_blocks_of_events(const Matrix<float>& in, std::span<const float> mass,
                                          int threads, std::size_t reversals_in, Matrix<float>& out,
                                          std::vector<float>& log_det, const Map& map) const {
    const std::size_t d = parameters_.layout().features();
    const std::size_t panel = kernels_.panel;
    const bool reversed_in = reversals_in % 2 != 0;
    const bool reversed_out = reversed_in != (parameters_.blocks() % 2 != 0);
    parallel_blocks(in.rows(), events_per_block, threads, [&](std::size_t begin, std::size_t end) {
        Workspace workspace(d, parameters_.layout().hidden(), panel);
        for (std::size_t e = begin; e < end; ++e) {
            for (std::size_t i = 0; i < d; ++i) {
                workspace.feature(e - begin, reversed_in ? d - 1 - i : i) = in(e, i);
            }
            workspace.mass.data()[e - begin] = mass[e];
        }
        const std::size_t panels = (end - begin + panel - 1) / panel;
        for (std::size_t p = 0; p < panels; ++p) {
            set_condition(workspace.panel_inputs(p), d, panel, workspace.mass.data() + p * panel);
        }
        map(workspace, panels);
        for (std::size_t e = begin; e < end; ++e) {
            for (std::size_t i = 0; i < d; ++i) {
                out(e, i) = workspace.feature(e - begin, reversed_out ? d - 1 - i : i);
            }
            log_det[e] = workspace.log_det.data()[e - begin];
        }
    });
}

FlowForward FlowEvaluation::forward(const Matrix<float>& y, std::span<const float> mass,
                                    int threads) const {
    FlowForward result{Matrix<float>(y.rows(), y.cols()), std::vector<float>(y.rows())};
    for_blocks_of_events(y, mass, threads, 0, result.z, result.log_det,
                         [this](Workspace& workspace, std::size_t panels) {
                             std::fill_n(workspace.log_det.data(), workspace.log_det.size(),
                                         static_cast<float>(log_det_));
                             forward_panels(workspace, panels);
                         });
    return result;
}

FlowInverse FlowEvaluation::inverse(const Matrix<float>& z, std::span<const float> mass,
                                    int threads) const {
    FlowInverse result{Matrix<float>(z.rows(), z.cols()), std::vector<float>(z.rows())};
    for_blocks_of_events(z, mass, threads, parameters_.blocks(), result.y, result.log_det,
                         [this](Workspace& workspace, std::size_t panels) {
                             std::fill_n(workspace.log_det.data(), workspace.log_det.size(),
                                         static_cast<float>(-log_det_));
                             inverse_panels(workspace, panels);
                         });
    return result;
}

}  // namespace lacathode::detail
