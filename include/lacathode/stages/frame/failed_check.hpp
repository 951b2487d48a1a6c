// A stage that did all its work, and whose result does not pass the checks that were asked for.
#pragma once

#include <string>
#include <utility>

#include "lacathode/config/json.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {

/// Thrown once the output is there. `summary` is what the stage says of it, as it would have
/// returned it.
struct FailedCheck : QualityError {
    FailedCheck(const std::string& message, Summary of_output)
        : QualityError(message), summary(std::move(of_output)) {}
    Summary summary;
};

}  // namespace lacathode
