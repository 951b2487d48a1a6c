// Which events a tree is grown on.
#pragma once

#include <cstdint>
#include <span>

#include "lacathode/core/random.hpp"

namespace lacathode::ml::trees {

/// Sets round(fraction * N) of the N entries to 1 and the others to 0; each choice is equally
/// likely.
void draw_subsample(std::span<std::uint8_t> drawn, double fraction, RandomStream stream);

}  // namespace lacathode::ml::trees
