// Stage combine-folds: every event's score by models that have not seen it, as one table.
#pragma once

#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

struct CombineFolds {
    static constexpr const char* name = "combine_folds";
    static constexpr const char* description =
        "Joins the scores of several folds: each event has the score of the models that have not "
        "seen it, replaced by the fraction of their background that scores as high, which scores "
        "of different models have in common.";
    static constexpr const char* example =
        "lacathode-combine-folds --scores fold_0.h5 fold_1.h5 --background-scores reference_0.h5 "
        "reference_1.h5 --output scores.h5";
    static constexpr int algorithm = 1;

    struct Config {
        std::size_t block_rows = default_block_rows;
    };
    struct Paths {
        std::vector<std::string> scores;             ///< one a fold, in order, of the same events
        std::vector<std::string> background_scores;  ///< of each fold's reference
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<Argument> arguments(Paths& paths);

    /// The test events of each of `scored` [K], tables of the same events that differ in their
    /// partition, and the evaluation events, which none has seen, from one fold each. `score` is
    /// -ln r with r of docs/method.md (5.6) over the fold's `references` [K], ascending. Throws
    /// InputError for an event that is a test event of several folds, or of none of several.
    static EventTable compute(const std::vector<EventTable>& scored,
                              const std::vector<std::vector<float>>& references);
    /// Streams blocks of rows; counts `reference_events`, of the smallest reference. Throws
    /// UsageError unless there is one background a fold, InputError unless all scores are of one
    /// method and of the same events, and each background's of the same classifier.
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
