// What every stage needs to know beside its own configuration.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lacathode/config/configs.hpp"
#include "lacathode/config/json.hpp"
#include "lacathode/core/provenance.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/io/output_file.hpp"

namespace lacathode {

struct StageContext {
    CommonConfig common;
    std::string program = "lacathode";
    std::string command_line;
    Overwrite overwrite = Overwrite::forbid;
};

/// The settings that a stage's content depends on, as JSON on one line: its own section and
/// `common` without the number of threads. Two runs with equal text and equal inputs write equal
/// content.
std::string effective_config(const StageContext& context, Section stage);

/// The provenance of a file that the stage writes.
Provenance make_provenance(const StageContext& context, const std::string& config,
                           std::vector<InputRecord> inputs);

/// The random stream of that name under the root seed.
RandomStream stream(const StageContext& context, std::string_view name);

}  // namespace lacathode
