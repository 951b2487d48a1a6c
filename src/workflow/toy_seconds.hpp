// How long the toys of a search take, for an estimate of a job's time.
#pragma once

#include "lacathode/stages/fit_background.hpp"
#include "lacathode/stages/hunt.hpp"

namespace lacathode {

/// On one core, as measured (docs/performance.md), if every fit of both estimates draws its toys.
double toy_seconds(const FitBackground::Config& config);
double toy_seconds(const Hunt::Config& config);

}  // namespace lacathode
