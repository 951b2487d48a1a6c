// Evaluation mode of the MAF on blocks of events that stay in the cache.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/batch_norm_constants.hpp"
#include "engine/maf_parameters.hpp"

namespace lacathode::engine {

/// Maps events with one set of parameters, which must not change meanwhile. Results of an event do
/// not depend on its neighbours.
class MafEvaluation {
  public:
    MafEvaluation(const MafParameters& parameters, const EngineKernels& kernels);

    [[nodiscard]] FlowForward forward(const Matrix<float>& y, std::span<const float> mass,
                                      int threads) const;
    [[nodiscard]] FlowInverse inverse(const Matrix<float>& z, std::span<const float> mass,
                                      int threads) const;

  private:
    class Workspace;
    /// Events in rows, and log |d out / d in| of each.
    struct Mapped {
        Matrix<float> events;
        std::vector<float> log_det;
    };
    void forward_panels(Workspace& workspace, std::size_t panels) const;
    void inverse_panels(Workspace& workspace, std::size_t panels) const;
    /// Calls map(workspace, panels) for blocks of events. Features come in the order that block
    /// `from` sees and leave in the order of block `to`; every log-det begins with `log_det`.
    template <class Map>
    [[nodiscard]] Mapped map_events(const Matrix<float>& in, std::span<const float> mass,
                                    int threads, std::size_t from, std::size_t to, double log_det,
                                    const Map& map) const;

    const MafParameters& parameters_;
    const EngineKernels& kernels_;
    std::vector<BatchNormConstants> batch_norms_;
    double log_det_ = 0;  ///< of all batch norms
};

}  // namespace lacathode::engine
