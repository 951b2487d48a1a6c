// A step of a chain, and the rounds in which steps go.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "lacathode/config/json.hpp"
#include "lacathode/stages/frame/stage.hpp"
#include "workflow/toy_seconds.hpp"
#include "workflow/training_family.hpp"

namespace lacathode {

/// One stage's work on one output file.
struct Step {
    std::string name;    ///< for messages and the summary: "train_flow_0", "cathode/score_3"
    std::string stage;   ///< "train_flow"
    std::string output;  ///< path of the file
    std::string config;  ///< effective_config of the stage
    int algorithm;       ///< its version of what it computes
    bool quick;          ///< seconds at most: made again without asking when it is out of date
    /// Reads files from outside in a process of its own, unless they are sealed; that must not be
    /// made while other threads are within HDF5: its round runs one by one.
    bool alone;
    std::vector<StageInput> inputs;
    std::vector<std::string> choices;  ///< made by name, beside the settings: "cathode"
    std::size_t passes;                ///< over the events, for an estimate of the time
    double seconds = 0;                ///< beside them, on one core, whatever the events are
    Device device;                     ///< where its networks run
    std::function<Summary(const StageContext&)> run;
    std::shared_ptr<const Training> training = {};  ///< null: none that others may join
};

/// What the stage is told by name that is no file.
template <StageRoom S>
std::vector<std::string> choices_made(typename S::Paths paths) {
    std::vector<std::string> choices;
    for (const Argument& argument : S::arguments(paths)) {
        if (const auto* method = std::get_if<std::optional<Method>*>(&argument.value))
            choices.push_back(**method ? method_name(***method) : "");
    }
    return choices;
}

/// Epochs or trees of a training, 1 of what reads its events once.
template <class Config>
std::size_t passes_of(const Config& config) {
    if constexpr (requires { config.trees.trees; }) {
        return std::max(config.training.epochs, config.trees.trees);
    } else if constexpr (requires { config.training.epochs; }) {
        return config.training.epochs;
    } else {
        return 1;
    }
}

/// Of the toys that a search draws.
template <class Config>
double seconds_of(const Config& config) {
    if constexpr (requires { toy_seconds(config); }) return toy_seconds(config);
    return 0;
}

/// The step that runs a stage with the settings of `context.common`, but for the threads.
template <StageRoom S>
Step make_step(const std::string& name, const typename S::Config& config,
               const typename S::Paths& paths, const StageContext& context) {
    return {.name = name,
            .stage = S::name,
            .output = paths.output,
            .config = stage_config<S>(context, config),
            .algorithm = S::algorithm,
            .quick = false,
            .alone = false,
            .inputs = stage_inputs<S>(config, paths),
            .choices = choices_made<S>(paths),
            .passes = passes_of(config),
            .seconds = seconds_of(config),
            .device = context.common.device,
            .run =
                [config, paths, common = context.common](const StageContext& share) {
                    return run_stage<S>(config, paths, with_settings(share, common));
                },
            .training = training_of<S>(config, paths, context)};
}

/// The steps by rounds: those of one round need no output of each other, only of earlier rounds.
/// Each round keeps the order of `steps`.
std::vector<std::vector<Step>> in_rounds(std::span<const Step> steps);

/// Outputs of those of the steps that prepare events from what is there already.
std::vector<std::string> first_events(std::span<const Step> steps);

struct SplitSteps {
    std::vector<Step> named;
    std::vector<Step> others;
};
/// Those with these outputs, and the others.
SplitSteps split_at(std::span<const Step> steps, std::span<const std::string> outputs);

}  // namespace lacathode
