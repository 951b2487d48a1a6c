#include "lacathode/stages/frame/context.hpp"

#include <algorithm>

#include "lacathode/config/json.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/models/backend_choice.hpp"

namespace lacathode {

ExecutionChoice CommonConfig::choice(std::size_t trainings) const {
    const Execution asked{.device = device,
                          .backend = backend,
                          .threads = threads > 0 ? threads : available_cores(),
                          .instruction_set = instruction_set};
    return chosen_execution(asked, trainings, device == Device::automatic && gpu_is_there());
}

Execution CommonConfig::execution(std::size_t trainings) const {
    const auto [execution, reason] = choice(trainings);
    if (device == Device::automatic) {
        log_info(concat("networks run on ",
                        execution.device == Device::cuda ? "the GPU" : "the CPU", ": ", reason));
    }
    return execution;
}

Section section(CommonConfig& c) {
    return {
        "common",
        {{"seed", "", "Root seed of all random streams.", &c.seed},
         {"threads", "threads",
          "CPU threads; 0 takes every core this process may use. Results do not depend on it.",
          &c.threads, Range::within(0, 1024)},
         {"device", "",
          "Where the networks run: cpu, cuda, or automatic (a GPU if there is one and many "
          "trainings "
          "of one shape fill it).",
          choice(c.device, {"cpu", "cuda", "automatic"})},
         {"backend", "",
          "Implementation of the networks: automatic (engine on a CPU, torch elsewhere), engine or "
          "torch.",
          choice(c.backend, {"automatic", "engine", "torch"})},
         {"instruction_set", "",
          "Instruction set of the engine (--version lists them); empty: the best one.",
          &c.instruction_set},
         {"save_minutes", "min",
          "Time between two saved states of a training, from which the same command goes on "
          "(OUTPUT.training); 0: only when it is stopped.",
          &c.save_minutes, Range::within(0, 1e6)}}};
}

std::vector<std::string> problems(const CommonConfig& config) {
    CommonConfig c = config;
    Problems found;
    found.add(range_problems(section(c)));
    found.unless(!(c.device == Device::cuda && c.backend == Backend::engine),
                 "common.backend = engine runs on the CPU only; with common.device = cuda use "
                 "automatic or torch");
    const std::vector<std::string> sets = instruction_sets();
    found.unless(
        c.instruction_set.empty() || std::ranges::find(sets, c.instruction_set) != sets.end(),
        "common.instruction_set = '", c.instruction_set,
        "' is not one of this machine's: ", joined(sets, ", "));
    return found.take();
}

std::string effective_config(const StageContext& context, std::vector<Section> stage) {
    CommonConfig common = context.common;
    Section shared = section(common);
    std::erase_if(shared.fields, [](const Field& field) {
        return field.key == "threads" || field.key == "save_minutes";
    });
    stage.insert(stage.begin(), std::move(shared));
    // No content depends on it; files of earlier versions have the key, mostly with its default.
    std::size_t any_block_rows = default_block_rows;
    for (Section& one : stage) {
        // Files are known by their content: the provenance has paths and hashes.
        std::erase_if(one.fields, [](const Field& field) {
            return std::holds_alternative<FilePatterns*>(field.value);
        });
        for (Field& field : one.fields)
            if (field.key == "block_rows") field.value = &any_block_rows;
    }
    return to_json(stage, -1);
}

}  // namespace lacathode
