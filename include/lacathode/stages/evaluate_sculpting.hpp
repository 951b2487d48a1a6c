// Stage evaluate-sculpting: what a cut on the score does to the background's mass spectrum.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/stages/events/event_counts.hpp"
#include "lacathode/stages/events/scored_events.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stages/frame/stage_room.hpp"
#include "lacathode/stages/metrics/sculpting_metrics.hpp"
#include "lacathode/stats/roc.hpp"

namespace lacathode {

struct EvaluateSculpting {
    static constexpr const char* name = "evaluate_sculpting";
    static constexpr const char* description =
        "What a cut on the score does to the background's mass spectrum: chi2/ndof and the "
        "p-value of a random selection.";
    static constexpr const char* example =
        "lacathode-evaluate-sculpting --scores scores_00.h5 scores_01.h5 --output sculpting.h5";
    static constexpr int algorithm = 3;  // 3: p is simulated where one weight decides

    struct Config {
        std::size_t bins = 300;
        std::vector<double> efficiencies = {0.01, 0.0125, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08,
                                            0.1,  0.12,   0.14,  0.15, 0.16, 0.17, 0.18, 0.19, 0.2};
        Unmapped unmapped = Unmapped::rejected;
        EvaluatedPart part = EvaluatedPart::test;
    };
    struct Paths {
        std::vector<std::string> scores;  ///< one scores file a retraining, all of the same events
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<std::string> problems(const Config& config);
    static std::vector<Argument> arguments(Paths& paths);
    /// What the events lack for these settings, one sentence each: known before any training.
    static std::vector<std::string> lacks(const Config& config, const EventCounts& events);

    /// Over the background events of config.part; without truth over its data in the sidebands,
    /// at thresholds that all its events in the signal region set. `source` names the scores in
    /// messages. Throws InputError as SculptingStudy does.
    static SculptingMetrics compute(const Config& config, const ScoredEvents& scored,
                                    const std::string& source, const RandomStream& stream);
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
