// Histograms with equal content in every bin (LaCATHODE paper, section IV).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lacathode {

/// bins + 1 ascending edges, the first and last being the extreme values; edge k lies at position
/// k N / bins among the sorted values (linear between neighbours). Throws InputError if a value is
/// not finite, there are no more values than bins, or equal values make two edges coincide;
/// UsageError if bins is 0.
std::vector<double> equal_content_edges(std::span<const double> values, std::size_t bins);

/// The bin of each value: edge[k] <= value < edge[k + 1], the last bin closed. Throws
/// ContractViolation if a value lies outside the edges.
std::vector<std::uint32_t> bin_indices(std::span<const double> values,
                                       std::span<const double> edges);

}  // namespace lacathode
