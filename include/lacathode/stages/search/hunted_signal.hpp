// What is found after a cut.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lacathode/stages/search/background_estimate.hpp"
#include "lacathode/stages/search/estimate_bias.hpp"
#include "lacathode/stats/excess_test.hpp"

namespace lacathode {

/// The signal that is sought.
enum class SignalKind {
    window,   ///< everything in the signal region: its events are counted
    gaussian  ///< a peak of known mean and width
};
inline constexpr const char* signal_names[] = {"window", "gaussian"};
std::string signal_name(SignalKind kind);

struct SoughtSignal {
    SignalKind kind = SignalKind::window;
    double mean = 0;   ///< of a peak, unit of the mass; 0: the middle of the signal region
    double width = 0;  ///< its standard deviation

    [[nodiscard]] double mean_in(const MassWindow& signal_region) const;
};

/// What makes a cross-section of a number of events.
struct Exposure {
    double luminosity = 0;             ///< 1/fb; 0: not given
    std::vector<double> efficiencies;  ///< [E - 1] of the signal, of each cut with its acceptance

    /// Signal events a femtobarn after a cut; NaN where it is not known, as without a cut.
    [[nodiscard]] double events_per_fb(std::size_t cut) const;
};

/// The largest bump anywhere.
struct FoundBump {
    double low;  ///< its window, unit of the mass
    double high;
    double statistic;              ///< (11.12)
    ToyProbability p;              ///< of all windows
    std::vector<MassCell> cells;   ///< [F] that the windows were made of
    std::vector<double> counts;    ///< [F]
    std::vector<double> expected;  ///< [F] from those beside the signal region
};

/// By one estimate of the background.
struct HuntedSignal {
    BackgroundEstimate background;
    EstimateBias bias;
    double spurious = 0;      ///< events that the estimate may be wrong by, in limit and excess
    ExcessTest::Limit limit;  ///< `observed` is NaN while blinded; `expected` [5] always there
    std::optional<Excess> excess;           ///< none while blinded
    std::optional<ToyProbability> by_toys;  ///< where few events are expected
    std::optional<FoundBump> bump;          ///< none while blinded, or if nobody asked

    /// By toys where there are, else asymptotic; NaN while blinded.
    [[nodiscard]] double p_value() const;
};

inline Estimate kind_of(const HuntedSignal& signal) noexcept {
    return signal.background.kind;
}

/// What was found in effective events as what it is in events.
HuntedSignal in_events(HuntedSignal signal);

/// After one cut, by each estimate that could be made: without a cut by the spectrum alone.
using HuntedCut = std::vector<HuntedSignal>;

/// All that a hunt tells.
struct HuntResult {
    bool blinded;
    Estimate quoted;
    double confidence;  ///< of the limits
    SoughtSignal signal;
    Exposure exposure;
    std::vector<HuntedCut> cuts;  ///< [E]
    std::string failures;         ///< what the quoted estimates fail by, if a failure was asked for
    std::string warnings = {};    ///< what else a reader has to know, a sentence a line
};

}  // namespace lacathode
