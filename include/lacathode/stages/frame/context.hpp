// What every stage needs to know beside its own configuration: section "common" and the call.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/config/field.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/models/backend_choice.hpp"
#include "lacathode/models/execution.hpp"

namespace lacathode {

/// Section "common": what every stage shares.
struct CommonConfig {
    std::size_t seed = 1;  ///< root of all random streams
    int threads = 0;       ///< 0: every core this process may use
    Device device = Device::cpu;
    Backend backend = Backend::automatic;
    std::string instruction_set;  ///< empty: the best of this machine
    double save_minutes = 2;      ///< between two saved states of a training; 0: only when stopped

    /// Where so many trainings of one shape, or anything else (1), run. What is automatic is chosen
    /// (chosen_execution), and the log says why.
    [[nodiscard]] Execution execution(std::size_t trainings = 1) const;
    /// The same without a word.
    [[nodiscard]] ExecutionChoice choice(std::size_t trainings = 1) const;
};

Section section(CommonConfig& config);
std::vector<std::string> problems(const CommonConfig& config);

struct StageContext {
    CommonConfig common;
    std::string program = "lacathode";
    std::string command_line;
    std::vector<std::string> words = {};  ///< of the command line
    Overwrite overwrite = Overwrite::forbid;
};

/// The settings that a stage's content depends on, as JSON on one line: the sections it reads
/// without the files that they name, and `common` without the keys that no content depends on. Two
/// runs with equal text and equal inputs write equal content.
std::string effective_config(const StageContext& context, std::vector<Section> stage);

}  // namespace lacathode
