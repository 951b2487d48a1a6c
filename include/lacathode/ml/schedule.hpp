// How the learning rate changes over a training.
#pragma once

#include <cstddef>

namespace lacathode {

enum class LearningRateSchedule {
    constant,  ///< the papers'
    one_cycle  ///< linear warm-up over the first tenth of the steps, then half a cosine down to
               ///< zero
};

/// The factor on AdamOptions::learning_rate at `step` (from 0) of `steps`; between 0 and 1.
double learning_rate_factor(LearningRateSchedule schedule, std::size_t step, std::size_t steps);

}  // namespace lacathode
