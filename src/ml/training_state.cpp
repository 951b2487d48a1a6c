#include "lacathode/ml/training_state.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {

const std::vector<double>& TrainingState::numbers_of(std::string_view name) const {
    const auto found =
        std::ranges::find_if(numbers, [&](const auto& named) { return named.first == name; });
    if (found != numbers.end()) return found->second;
    throw InputError(concat("the state of a training has no '", name, "'"));
}

}  // namespace lacathode
