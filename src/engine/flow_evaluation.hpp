// Evaluation mode of the flow on blocks of events that stay in the cache.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/batch_norm_constants.hpp"
#include "engine/flow_parameters.hpp"

namespace lacathode::detail {

/// Maps events with one set of parameters, which must not change meanwhile. Results of an event do
/// not depend on its neighbours.
class FlowEvaluation {
  public:
    FlowEvaluation(const FlowParameters& parameters, const EngineKernels& kernels);

    [[nodiscard]] FlowForward forward(const Matrix<float>& y, std::span<const float> mass,
                                      int threads) const;
    [[nodiscard]] FlowInverse inverse(const Matrix<float>& z, std::span<const float> mass,
                                      int threads) const;

  private:
    struct Workspace;
    void forward_panels(Workspace& workspace, std::size_t panels) const;
    void inverse_panels(Workspace& workspace, std::size_t panels) const;
    template <class Map>
    void for_blocks_of_events(const Matrix<float>& in, std::span<const float> mass, int threads,
                              std::size_t reversals_in, Matrix<float>& out,
                              std::vector<float>& log_det, const Map& map) const;

    const FlowParameters& parameters_;
    const EngineKernels& kernels_;
    std::vector<BatchNormConstants> batch_norms_;
    double log_det_ = 0;  ///< of all batch norms
};

}  // namespace lacathode::detail
