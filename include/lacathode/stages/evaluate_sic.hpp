// Stage evaluate-sic: what a selection gains in the signal region.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/stages/events/event_counts.hpp"
#include "lacathode/stages/events/scored_events.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stages/frame/stage_room.hpp"
#include "lacathode/stages/metrics/sic_metrics.hpp"
#include "lacathode/stats/roc.hpp"
#include "lacathode/stats/sic.hpp"

namespace lacathode {

struct EvaluateSic {
    static constexpr const char* name = "evaluate_sic";
    static constexpr const char* description =
        "Significance improvement eps_S / sqrt(eps_B) in the signal region; several retrainings "
        "give the median and the central 68 % band.";
    static constexpr const char* example =
        "lacathode-evaluate-sic --scores scores_00.h5 scores_01.h5 --output sic.h5";
    static constexpr int algorithm = 3;  // 3: weighted SIC against eps_S has its error everywhere

    struct Config {
        std::size_t grid_points = 500;
        double lowest_background_efficiency = 1e-4;
        double minimum_background = min_selected_background;
        Unmapped unmapped = Unmapped::rejected;
        EvaluatedPart part = EvaluatedPart::test;
    };
    struct Paths {
        std::vector<std::string> scores;  ///< one scores file a retraining, all of the same events
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<Argument> arguments(Paths& paths);
    /// What the events lack for these settings, one sentence each: known before any training.
    static std::vector<std::string> lacks(const Config& config, const EventCounts& events);

    /// Over the labelled signal-region events of config.part; with it count the events of
    /// Partition::evaluation, but for validation only its signal. `source` names the scores in
    /// messages. Throws InputError without labels, signal or background.
    static SicMetrics compute(const Config& config, const ScoredEvents& scored,
                              const std::string& source);
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
