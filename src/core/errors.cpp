#include "lacathode/core/errors.hpp"

namespace lacathode {

void expects(bool condition, const char* requirement, std::source_location where) {
    if (condition) return;
    throw ContractViolation(std::string("broken contract: ") + requirement + " (" +
                            where.file_name() + ":" + std::to_string(where.line()) + ")");
}

}  // namespace lacathode
