// Some of the elements of a vector.
#pragma once

#include <cstddef>
#include <ranges>
#include <span>
#include <vector>

namespace lacathode {

/// The elements of `values` at `places` (each less than their number), in that order.
template <std::ranges::random_access_range Values>
std::vector<std::ranges::range_value_t<Values>> values_at(const Values& values,
                                                          std::span<const std::size_t> places) {
    std::vector<std::ranges::range_value_t<Values>> some;
    some.reserve(places.size());
    for (const std::size_t place : places) some.push_back(values[place]);
    return some;
}

}  // namespace lacathode
