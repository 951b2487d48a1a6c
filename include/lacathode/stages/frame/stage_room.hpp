// What a stage is: a room of its own.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lacathode/config/field.hpp"
#include "lacathode/core/method.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/frame/context.hpp"
#include "lacathode/stages/frame/job.hpp"

namespace lacathode {

enum class ArgumentKind { input, output, choice, flag, count };
enum class Presence { required, optional };

/// A file, a choice, a switch or a number that a program takes by name on its command line.
struct Argument {
    std::string name;  ///< "events": the option is --events, its role in the provenance "events"
    ArgumentKind kind;
    std::string help;  ///< one sentence
    std::variant<std::string*, std::vector<std::string>*, std::optional<Method>*, bool*,
                 std::size_t*>
        value;
    Presence presence = Presence::required;
    std::vector<std::string> choices = {};  ///< of a choice among names; empty: anything
};

/// An input of a stage: the role that the provenance names it by, and its path.
struct StageInput {
    std::string role;
    std::string path;
};

/// A stage. `Config` are its settings, one section of a configuration file, and those sections of
/// other stages that further_sections(config) names, if there is such a function; `Paths` its named
/// files, of which `output` is the one it writes. `run` reads, computes with a pure `compute` of
/// its own, writes and commits through the job; it throws, and prints nothing. A stage may have
/// problems(config) and inputs(config) too, and be a ReplicaRoom (retrainings.hpp).
template <class S>
concept StageRoom = std::default_initializable<typename S::Config> &&
    std::default_initializable<typename S::Paths> &&
    requires(typename S::Config& config, const typename S::Config& settings,
             typename S::Paths& paths, const typename S::Paths& files, Job& job) {
    { S::name } -> std::convertible_to<std::string_view>;         // "train_flow"
    { S::description } -> std::convertible_to<std::string_view>;  // one or two sentences
    { S::example } -> std::convertible_to<std::string_view>;      // a command line
    // Raised whenever the same settings and inputs would give other numbers than before.
    { S::algorithm } -> std::convertible_to<int>;
    { S::section(config) } -> std::same_as<Section>;
    { S::arguments(paths) } -> std::same_as<std::vector<Argument>>;
    { S::run(settings, files, job) } -> std::same_as<void>;
    { files.output } -> std::convertible_to<std::string>;
};

/// The inputs that the stage's provenance will name: its input arguments, or what S::inputs says.
/// Several files of one argument are ROLE_00, ROLE_01, ...
template <StageRoom S>
std::vector<StageInput> stage_inputs(const typename S::Config& config,
                                     const typename S::Paths& paths) {
    if constexpr (requires { S::inputs(config); }) {
        return S::inputs(config);
    } else {
        typename S::Paths own = paths;
        std::vector<StageInput> inputs;
        for (const Argument& argument : S::arguments(own)) {
            if (argument.kind != ArgumentKind::input) continue;
            if (const auto* path = std::get_if<std::string*>(&argument.value)) {
                if (!(*path)->empty()) inputs.push_back({argument.name, **path});
                continue;
            }
            const auto& files = *std::get<std::vector<std::string>*>(argument.value);
            for (std::size_t i = 0; i < files.size(); ++i) {
                inputs.push_back({argument.name + "_" + two_digits(i), files[i]});
            }
        }
        return inputs;
    }
}

/// Sections of other stages that the stage reads too.
template <StageRoom S>
std::vector<Section> further_sections(typename S::Config& config) {
    if constexpr (requires { S::further_sections(config); }) {
        return S::further_sections(config);
    } else {
        return {};
    }
}

/// What is wrong with the settings: values out of their ranges, or what S::problems says.
template <StageRoom S>
std::vector<std::string> stage_problems(typename S::Config config) {
    if constexpr (requires { S::problems(config); }) {
        return S::problems(config);
    } else {
        return range_problems(S::section(config));
    }
}

/// effective_config with all sections of the stage.
template <StageRoom S>
std::string stage_config(const StageContext& context, typename S::Config config) {
    std::vector<Section> sections = further_sections<S>(config);
    sections.insert(sections.begin(), S::section(config));
    return effective_config(context, std::move(sections));
}

/// Throws UsageError if the output is one of the stage's own inputs, which --force would destroy.
void check_output_is_no_input(const std::vector<StageInput>& inputs, const std::string& output);

/// Runs the stage: output checked first, provenance and summary in the end.
template <StageRoom S>
Summary run_stage(const typename S::Config& config, const typename S::Paths& paths,
                  const StageContext& context) {
    check_output_is_no_input(stage_inputs<S>(config, paths), paths.output);
    Job job(context, stage_config<S>(context, config), S::algorithm, paths.output);
    S::run(config, paths, job);
    return job.summary();
}

}  // namespace lacathode
