// Features shifted by a multiple of a mass (docs/method.md (1.5)).
#pragma once

#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/stages/prepare.hpp"
#include "stages/prepare/input_block.hpp"

namespace lacathode {

/// Adds c times its own mass to the features that config.shift names.
void shift_by_own_mass(const Prepare::Config& config, InputBlock& block);

/// The same with a mass of `masses`, unit of the mass, in random order: each is used once before
/// any is used again. Throws InputError for a feature that becomes too large for float32.
void shift_by_random_mass(const Prepare::Config& config, std::vector<double> masses,
                          EventTable& events, RandomStream stream);

}  // namespace lacathode
