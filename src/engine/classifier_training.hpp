// Training mode of the classifier: the step of all threads together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/adam_state.hpp"
#include "engine/classifier_network.hpp"
#include "engine/classifier_parameters.hpp"
#include "engine/thread_team.hpp"

namespace lacathode::detail {

/// Each member of the team takes a share of the panels of events through all layers and back, then
/// a share of every layer's units for the weights' gradients and Adam: one barrier a step, and
/// every sum over events in one order, the same bits for any team.
class ClassifierTraining {
  public:
    ClassifierTraining(ClassifierParameters& parameters, const EngineKernels& kernels,
                       const AdamOptions& adam, int threads);

    /// Weighted mean loss before the step.
    double step(const ClassifierData& data, std::span<const std::uint32_t> rows);
    NamedArrays gradient(const ClassifierData& data, std::span<const std::uint32_t> rows);
    void reset_adam() { adam_.reset(); }
    void scale_learning_rate(double factor) { adam_.scale_learning_rate(factor); }

  private:
    struct Batch {
        const ClassifierData* data = nullptr;
        std::span<const std::uint32_t> rows;
        std::size_t panels = 0;
        float* gradient = nullptr;  ///< of all parameters, if wanted: then nothing is updated
        AdamStep adam{};
    };

    void run(const ClassifierData& data, std::span<const std::uint32_t> rows, float* gradient);
    void run_member(std::size_t member);
    void gather(std::size_t p);
    void differentiate_loss(std::size_t p);
    void backward(std::size_t p);
    void update_layer(std::size_t layer, const Share& units);
    /// Gradient of the outputs of layer l - 1 before the ReLU; row 0 unused. For l = number of
    /// layers, the gradient of the logit, one row.
    [[nodiscard]] float* gradient_of(std::size_t layer, std::size_t p);
    [[nodiscard]] Panels output_gradients(std::size_t layer);

    ClassifierParameters& parameters_;
    const std::vector<DenseLayer>& layers_;
    const EngineKernels& kernels_;
    AdamState adam_;
    std::unique_ptr<ClassifierActivations> activations_;
    std::unique_ptr<ClassifierActivations> gradients_;
    std::vector<float> losses_;  ///< [events] weighted
    Batch batch_;
    ThreadTeam team_;
};

}  // namespace lacathode::detail
