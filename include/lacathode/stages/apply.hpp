// Stage apply: trained models on new data, which take part in no split.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/models/classifier_file.hpp"
#include "lacathode/models/flow_file.hpp"
#include "lacathode/stages/frame/stage_room.hpp"
#include "lacathode/stages/prepare.hpp"

namespace lacathode {

/// A flow and classifiers that were trained in its latent space, or on samples of it.
struct AppliedModels {
    FlowModel flow;
    std::vector<ClassifierModel> classifiers;      ///< of one method
    std::unique_ptr<ConditionalDensity> density;   ///< the best checkpoint; null: not needed
    std::vector<std::unique_ptr<Scorer>> scorers;  ///< one a classifier

    [[nodiscard]] Method method() const { return classifiers.front().method; }
};

struct Apply {
    static constexpr const char* name = "apply";
    static constexpr const char* description =
        "Scores new data with a flow and its classifiers: no split, and no claim of which events a "
        "training has seen.";
    static constexpr const char* example =
        "lacathode-apply --config mine.json --flow flow.h5 --classifiers classifier_00.h5 "
        "classifier_01.h5 --input new.csv --output scores.h5";
    static constexpr int algorithm = 1;

    struct Config {
        /// How the input is read: its format, key, columns, mass_scale, label_column,
        /// weight_column, shift and invalid_rows. Features, units and signal region are the flow's.
        Prepare::Config prepare;
        std::size_t block_rows = default_block_rows;
    };
    struct Paths {
        std::string flow;
        std::vector<std::string> classifiers;
        std::vector<std::string> input;  ///< files or patterns, read as one
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<Section> further_sections(Config& config);
    static std::vector<std::string> problems(const Config& config);
    static std::vector<Argument> arguments(Paths& paths);

    /// One column "score", the mean over the classifiers; NaN where the row is not mapped.
    static EventTable compute(const AppliedModels& models, const EventTable& events);
    /// Reads the input as lacathode-prepare does, and scores it block by block. Throws
    /// InputError for classifiers of another flow, of different methods or inputs, or given twice.
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
