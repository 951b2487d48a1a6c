// Training mode of the MLP: the step of all threads together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/adam_state.hpp"
#include "engine/batch_panels.hpp"
#include "engine/mlp_activations.hpp"
#include "engine/mlp_parameters.hpp"
#include "lacathode/core/thread_team.hpp"
#include "lacathode/ml/classifier_data.hpp"

namespace lacathode::engine {

/// Each member of the team takes a share of the panels of events through all layers and back, then
/// a share of every layer's units for the weights' gradients and Adam: one barrier a step, and
/// every sum over events in one order, the same bits for any team.
class MlpStep {
  public:
    MlpStep(MlpParameters& parameters, const EngineKernels& kernels, const AdamOptions& adam,
            int threads);

    /// Weighted mean loss before the step.
    double step(const ClassifierData& data, std::span<const std::uint32_t> rows);
    NamedArrays gradient(const ClassifierData& data, std::span<const std::uint32_t> rows);
    AdamState& adam() noexcept { return adam_; }
    [[nodiscard]] const AdamState& adam() const noexcept { return adam_; }

  private:
    struct Batch {
        const ClassifierData* data = nullptr;
        BatchPanels panels;
        float* gradient = nullptr;  ///< of all parameters, if wanted: then nothing is updated
        AdamStep adam{};
    };

    void run(const ClassifierData& data, std::span<const std::uint32_t> rows, float* gradient);
    void run_member(std::size_t member);
    void gather(std::size_t p);
    void differentiate_loss(std::size_t p);
    void backward(std::size_t p);
    void update_layer(std::size_t layer, const Share& units);

    MlpParameters& parameters_;
    const std::vector<DenseLayer>& layers_;
    const EngineKernels& kernels_;
    AdamState adam_;
    std::unique_ptr<MlpActivations> activations_;
    std::unique_ptr<MlpActivations> gradients_;  ///< before the ReLU; row 0 of inputs unused
    std::vector<float> losses_;                  ///< [events] weighted
    Batch batch_;
    ThreadTeam team_;
};

}  // namespace lacathode::engine
