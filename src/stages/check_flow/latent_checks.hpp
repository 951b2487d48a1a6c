// How far a flow's latent events are from N(0, 1)^D at every mass (docs/method.md, section 10).
#pragma once

#include <cstddef>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/stages/metrics/flow_check.hpp"

namespace lacathode {

/// From where on Kolmogorov-Smirnov's p is good to 1 %.
inline constexpr std::size_t least_in_latent_bin = 20;

/// Of the events in the region, those that the flow does not map.
Proportion not_mapped(const EventTable& latent, const MassWindow& window, Region region);

/// The mapped events in `bins` mass bins of equal content in the signal region and in each sideband
/// that has any, in ascending mass. Throws InputError for fewer than least_in_latent_bin in a bin,
/// or as equal_content_edges does.
std::vector<LatentBin> latent_bins(const EventTable& latent, const MassWindow& window,
                                   std::size_t bins);

/// Of each coordinate, then of |z|^2, with the mass, in so many classes of equal content. [D + 1]
std::vector<Independence> independence_of_mass(const EventTable& latent, std::size_t classes);

}  // namespace lacathode
