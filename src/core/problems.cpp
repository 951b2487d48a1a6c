#include "lacathode/core/problems.hpp"

#include "lacathode/core/errors.hpp"

namespace lacathode {

void require_no_problems(const std::string& heading, const std::vector<std::string>& problems) {
    if (problems.empty()) return;
    std::string message = heading + ":";
    for (const std::string& problem : problems) message += "\n  " + problem;
    throw UsageError(message);
}

}  // namespace lacathode
