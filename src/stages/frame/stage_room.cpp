#include "lacathode/stages/frame/stage_room.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/matching_files.hpp"
#include "lacathode/io/output_path.hpp"

namespace lacathode {
namespace {

// Some stages read patterns; one that nothing matches is told when it is read.
std::vector<std::string> files_of(const std::string& path_or_pattern) {
    try {
        return matching_files({path_or_pattern});
    } catch (const InputError&) {
        return {};
    }
}

}  // namespace

void check_output_is_no_input(const std::vector<StageInput>& inputs, const std::string& output) {
    for (const StageInput& input : inputs) {
        const std::vector<std::string> files = files_of(input.path);
        if (std::ranges::none_of(files, [&](const auto& file) { return same_file(file, output); }))
            continue;
        throw UsageError(output + ": is the same file as the input '" + input.role + "', " +
                         input.path + "; name another output");
    }
}

}  // namespace lacathode
