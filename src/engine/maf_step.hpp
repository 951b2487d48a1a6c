// Training mode of the MAF: the step of all threads together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/adam_state.hpp"
#include "engine/batch_norm_constants.hpp"
#include "engine/batch_panels.hpp"
#include "engine/maf_parameters.hpp"
#include "engine/maf_workspace.hpp"
#include "lacathode/core/thread_team.hpp"

namespace lacathode::engine {

/// Forward, backward and Adam on one batch (docs/engine.md). Each member of the team takes a share
/// of the panels of events for the activations and a share of the hidden units for the weights'
/// gradients and Adam. Every sum over events is computed by one member in one order: the same bits
/// for any team.
class MafStep {
  public:
    MafStep(MafParameters& parameters, const EngineKernels& kernels, const AdamOptions& adam,
            int threads);

    /// The loss (10) before the step.
    double step(const FlowData& data, std::span<const std::uint32_t> rows);
    MafNetwork::Gradient gradient(const FlowData& data, std::span<const std::uint32_t> rows);
    AdamState& adam() noexcept { return adam_; }
    [[nodiscard]] const AdamState& adam() const noexcept { return adam_; }

  private:
    struct Batch {
        const FlowData* data = nullptr;
        BatchPanels panels;
        double mean_weight = 1;     ///< W
        float* gradient = nullptr;  ///< of all parameters, if wanted: then nothing is updated
        AdamStep adam{};
    };
    /// Sums of one block's batch norm in the backward pass.
    struct BatchNormSums {
        std::array<double, max_features> gradient;   ///< sum dy
        std::array<double, max_features> projected;  ///< sum dy (u - mean)
    };
    /// What each member computes for itself.
    struct Member {
        Share panels{};
        Share units{};
        std::vector<BatchNormConstants> batch_norms;  ///< [K]
        std::vector<BatchNormSums> sums;              ///< [K]
    };

    void run(const FlowData& data, std::span<const std::uint32_t> rows, float* gradient);
    void run_member(std::size_t index);
    void gather(const Member& member);
    void forward_block(Member& member, std::size_t k);
    void finish_forward(const Member& member);
    void backward_block(Member& member, std::size_t k);
    void sum_gradients(Member& member, std::size_t k);
    void update_block(const Member& member, std::size_t k, bool last_member);
    void update_units(const Member& member, std::size_t k);
    void update_output_biases(std::size_t k);
    void update_batch_norm(const Member& member, std::size_t k);
    /// Panels of the batch whose first has these rows; see MafWorkspace for the strides.
    [[nodiscard]] Panels panels(Rows<const float> rows, std::size_t stride) const {
        return {rows, stride, batch_.panels.count()};
    }
    /// Of the matrix that begins at `offset` of block k.
    [[nodiscard]] OuterProduct outer_product(std::size_t k, const Panels& left, const Panels& right,
                                             std::size_t offset, std::size_t stride);
    [[nodiscard]] AdamArrays adam_arrays(std::size_t k, std::size_t offset);
    [[nodiscard]] Share share_of_units(std::size_t member) const;
    /// (10)
    [[nodiscard]] double mean_loss(const FlowData& data, std::span<const std::uint32_t> rows) const;

    MafParameters& parameters_;
    const MadeLayout& layout_;
    const EngineKernels& kernels_;
    AdamState adam_;
    std::unique_ptr<MafWorkspace> workspace_;
    std::vector<double> log_prob_;  ///< [events]
    std::vector<Member> members_;
    Batch batch_;
    ThreadTeam team_;
};

}  // namespace lacathode::engine
