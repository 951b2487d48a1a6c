// What is found in the signal region after a cut.
#pragma once

#include <optional>
#include <vector>

#include "lacathode/stages/support/background_estimate.hpp"
#include "lacathode/stages/support/estimate_bias.hpp"
#include "lacathode/stats/excess_test.hpp"

namespace lacathode {

/// By one estimate of the background.
struct HuntedSignal {
    BackgroundEstimate background;
    EstimateBias bias;
    double spurious = 0;      ///< events that the estimate may be wrong by, in limit and excess
    ExcessTest::Limit limit;  ///< `observed` is NaN while blinded; `expected` [5] always there
    std::optional<Excess> excess;           ///< none while blinded
    std::optional<ToyProbability> by_toys;  ///< where few events are expected

    /// By toys where there are, else asymptotic; NaN while blinded.
    [[nodiscard]] double p_value() const;
};

inline Estimate kind_of(const HuntedSignal& signal) noexcept {
    return signal.background.kind;
}

/// After one cut, by each estimate that could be made: without a cut by the spectrum alone.
using HuntedCut = std::vector<HuntedSignal>;

}  // namespace lacathode
