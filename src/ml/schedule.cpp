#include "lacathode/ml/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lacathode/core/errors.hpp"

namespace lacathode {

double learning_rate_factor(LearningRateSchedule schedule, std::size_t step, std::size_t steps) {
    expects(step < steps, "the step lies inside the training");
    if (schedule == LearningRateSchedule::constant) return 1;
    const std::size_t warm_up = std::max<std::size_t>(steps / 10, 1);
    if (step < warm_up) return static_cast<double>(step + 1) / static_cast<double>(warm_up);
    const double progress =
        static_cast<double>(step - warm_up) / static_cast<double>(steps - warm_up);
    return 0.5 * (1 + std::cos(std::numbers::pi * progress));
}

}  // namespace lacathode
