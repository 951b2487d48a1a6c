#include "engine/maf_evaluation.hpp"

#include <algorithm>

#include "engine/input_panel.hpp"
#include "engine/made_activations.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/parallel.hpp"

namespace lacathode::engine {
namespace {

/// Enough events to reuse a block's weights from the level-2 cache, few enough to stay there.
constexpr std::size_t events_per_block = 256;

}  // namespace

/// Arrays of one thread for one block of events.
class MafEvaluation::Workspace {
  public:
    Workspace(std::size_t features, std::size_t hidden, std::size_t panel)
        : features_(features),
          panel_(panel),
          inputs_(events_per_block * InputPanel::rows(features)),
          log_det_(events_per_block),
          activations_(features, hidden, panel, 1) {}

    [[nodiscard]] InputPanel inputs(std::size_t p) {
        return {inputs_.data() + p * InputPanel::rows(features_) * panel_, features_, panel_};
    }
    [[nodiscard]] float* log_det(std::size_t p) { return log_det_.data() + p * panel_; }
    [[nodiscard]] MadePanel made(std::size_t p, std::size_t block) {
        return activations_.panel(0, inputs(p).inputs(block), log_det(p));
    }

  private:
    std::size_t features_;
    std::size_t panel_;
    AlignedBuffer inputs_;   ///< [panels, D + 4, panel]
    AlignedBuffer log_det_;  ///< [panels, panel]
    MadeActivations activations_;
};

MafEvaluation::MafEvaluation(const MafParameters& parameters, const EngineKernels& kernels)
    : parameters_(parameters), kernels_(kernels), batch_norms_(parameters.blocks()) {
    expects(events_per_block % kernels.panel == 0, "a block of events is whole panels");
    for (std::size_t k = 0; k < parameters.blocks(); ++k) {
        batch_norms_[k].set(parameters.layout().features(), parameters.running_mean(k),
                            parameters.running_var(k), parameters.log_gamma(k), parameters.beta(k));
        log_det_ += batch_norms_[k].log_det;
    }
}

/// A block after the other: (1) to (5), then (7), all events of one block before the next.
void MafEvaluation::forward_panels(Workspace& workspace, std::size_t panels) const {
    const MadeLayout& layout = parameters_.layout();
    for (std::size_t k = 0; k < parameters_.blocks(); ++k) {
        const MadeMatrices weights = parameters_.matrices(k);
        for (std::size_t p = 0; p < panels; ++p) {
            const MadePanel made = workspace.made(p, k);
            kernels_.made_forward(layout.shape(), weights, made);
            kernels_.affine(layout.features(), batch_norms_[k].forward(),
                            rows_of(made.u, kernels_.panel), made.features());
        }
    }
}

/// The blocks backwards: (27), then (28).
void MafEvaluation::inverse_panels(Workspace& workspace, std::size_t panels) const {
    const MadeLayout& layout = parameters_.layout();
    for (std::size_t k = parameters_.blocks(); k-- > 0;) {
        const MadeMatrices weights = parameters_.matrices(k);
        for (std::size_t p = 0; p < panels; ++p) {
            const MadePanel made = workspace.made(p, k);
            kernels_.affine(layout.features(), batch_norms_[k].inverse(), made.features(),
                            rows_of(made.u, kernels_.panel));
            kernels_.made_inverse(layout.shape(), weights, made);
        }
    }
}

template <class Map>
MafEvaluation::Mapped MafEvaluation::map_events(const Matrix<float>& in,
                                                std::span<const float> mass, int threads,
                                                std::size_t from, std::size_t to, double log_det,
                                                const Map& map) const {
    const MadeLayout& layout = parameters_.layout();
    const std::size_t panel = kernels_.panel;
    Mapped out{Matrix<float>(in.rows(), in.cols()), std::vector<float>(in.rows())};
    parallel_blocks(in.rows(), events_per_block, threads, [&](std::size_t begin, std::size_t end) {
        Workspace workspace(layout.features(), layout.hidden(), panel);
        const std::size_t panels = (end - begin + panel - 1) / panel;
        for (std::size_t p = 0; p < panels; ++p) {
            const auto row_of = [&](std::size_t e) {
                return std::min(begin + p * panel + e, end - 1);
            };
            workspace.inputs(p).gather(in, mass, from, row_of);
            std::fill_n(workspace.log_det(p), panel, static_cast<float>(log_det));
        }
        map(workspace, panels);
        for (std::size_t p = 0; p < panels; ++p) {
            const std::size_t first = begin + p * panel;
            const std::size_t events = std::min(panel, end - first);
            scatter(workspace.inputs(p).features(to), events, first, out.events);
            std::copy_n(workspace.log_det(p), events, out.log_det.data() + first);
        }
    });
    return out;
}

FlowForward MafEvaluation::forward(const Matrix<float>& y, std::span<const float> mass,
                                   int threads) const {
    Mapped mapped = map_events(
        y, mass, threads, 0, parameters_.blocks(), log_det_,
        [this](Workspace& workspace, std::size_t panels) { forward_panels(workspace, panels); });
    return {std::move(mapped.events), std::move(mapped.log_det)};
}

FlowInverse MafEvaluation::inverse(const Matrix<float>& z, std::span<const float> mass,
                                   int threads) const {
    Mapped mapped = map_events(
        z, mass, threads, parameters_.blocks(), 0, -log_det_,
        [this](Workspace& workspace, std::size_t panels) { inverse_panels(workspace, panels); });
    return {std::move(mapped.events), std::move(mapped.log_det)};
}

}  // namespace lacathode::engine
