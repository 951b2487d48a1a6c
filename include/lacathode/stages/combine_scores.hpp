// Stage combine-scores: the scores of several classifiers as one.
#pragma once

#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

/// How several scores of an event become one.
enum class Combination {
    mean,     ///< their mean
    aligned,  ///< each replaced by its background efficiency, which all classifiers have in common
};

struct CombineScores {
    static constexpr const char* name = "combine_scores";
    static constexpr const char* description =
        "Combines the scores that several classifiers of one method give the same events to one "
        "score: their mean, or, for classifiers of different kinds, a mean of what fraction of the "
        "background each gives as high a score.";
    static constexpr const char* example =
        "lacathode-combine-scores --scores scores_00.h5 scores_01.h5 --output scores.h5";
    static constexpr int algorithm = 2;  // 2: reference events are compared with the others

    struct Config {
        Combination by = Combination::mean;
        std::size_t block_rows = default_block_rows;
    };
    struct Paths {
        std::vector<std::string> scores;  ///< one a classifier, all of the same events
        /// What each of these classifiers says of its background; for Combination::aligned only.
        std::vector<std::string> background_scores;
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<Argument> arguments(Paths& paths);

    /// Whether the events are data, or the reference, whose events are compared with its others.
    enum class Compared { others, themselves };
    /// One column "score" (docs/method.md (5.5), (5.7)); not mapped where one of `scored` [R],
    /// tables of the same events, is not. `references` [R]: for Combination::aligned, each
    /// classifier's scores of the reference background, ascending, at least one.
    static EventTable compute(const Config& config, const std::vector<EventTable>& scored,
                              const std::vector<std::vector<float>>& references,
                              Compared compared = Compared::others);
    /// Streams blocks of rows. Throws UsageError if background scores lack or are of no use,
    /// InputError unless all scores are of one method and of the same events of one events file,
    /// and each background's of the same classifier.
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
