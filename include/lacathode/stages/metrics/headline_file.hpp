// The headline of a metrics file, and by what its checks fail, whichever kind it is.
#pragma once

#include <string>
#include <vector>

#include "lacathode/stages/metrics/quantity.hpp"

namespace lacathode {

/// Throws InputError naming the file for anything that is missing or misshapen.
std::vector<Quantity> read_headline(const std::string& path);

/// By what a flow check or a hunt fails, for people; empty: nothing. Throws InputError as the other
/// does, and for a file of another kind.
std::string failures_of(const std::string& path);

}  // namespace lacathode
