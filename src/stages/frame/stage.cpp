#include "lacathode/stages/frame/stage.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/io/output_path.hpp"

namespace lacathode {

void check_output_is_no_input(const std::vector<StageInput>& inputs, const std::string& output) {
    for (const StageInput& input : inputs) {
        if (!same_file(input.path, output)) continue;
        throw UsageError(output + ": is the same file as the input '" + input.role + "', " +
                         input.path + "; name another output");
    }
}

}  // namespace lacathode
