// Stage export: the events that a cut on the score keeps, as a table for other programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lacathode/stages/events/scored_events.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stages/frame/stage_room.hpp"
#include "lacathode/stats/roc.hpp"

namespace lacathode {

/// What a cut on the score keeps.
struct SelectedEvents {
    std::vector<std::size_t> rows;        ///< ascending, of the scored events
    std::vector<float> score;             ///< [N] mean over the retrainings; NaN where not mapped
    std::optional<double> threshold;      ///< kept: score >= threshold; none: every event is
    std::int64_t reference_events = 0;    ///< that the threshold was set on
    std::int64_t reference_selected = 0;  ///< of those
};

struct Export {
    static constexpr const char* name = "export";
    static constexpr const char* description =
        "Writes the events that a cut on the score keeps, or all events with their scores, as a "
        "CSV table. The cut keeps a fraction of the signal region's test events (of the background "
        "among them where there are truth labels), as in lacathode-evaluate-sculpting, or of the "
        "reference of folds, as in lacathode-hunt, and is then applied to all events at every "
        "mass. "
        "The score is the mean of all scores files.";
    static constexpr const char* example =
        "lacathode-export --scores scores_00.h5 scores_01.h5 --efficiency 0.01 "
        "--output selected.csv";
    static constexpr int algorithm = 2;  // 2: whole numbers have no exponent

    struct Config {
        double efficiency = 0;  ///< 0: every event is kept
        Unmapped unmapped = Unmapped::rejected;
        std::vector<std::string> keep = {"mass", "partition", "source_row"};
        std::vector<std::string> input_columns = {};
        std::string input_key = {};
    };
    struct Paths {
        std::vector<std::string> scores;  ///< one a retraining, all of the same events
        std::string events;               ///< with the features to keep; empty: none
        std::vector<std::string> input;   ///< tables that lacathode-prepare read; empty: none
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<std::string> problems(const Config& config);
    static std::vector<Argument> arguments(Paths& paths);

    /// `source` names the scores in messages. Throws InputError as background_events and
    /// score_threshold do, or if no reference event lies in the signal region.
    static SelectedEvents compute(const Config& config, const ScoredEvents& scored,
                                  const std::string& source);
    /// Throws UsageError for columns that none of the given files has or that would have one name,
    /// InputError for files that do not hold the scored events.
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
