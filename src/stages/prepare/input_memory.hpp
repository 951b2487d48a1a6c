// Whether the events of an input fit into memory.
#pragma once

#include <cstddef>
#include <string>

namespace lacathode {

double memory_of_this_machine();  ///< bytes

/// Throws InputError, naming the input, if so many events do not fit into so many bytes: a small
/// file may hold more than memory does once it is decompressed. They are held twice while they are
/// split. `floats`: features, and the weight where there is one.
void require_memory(std::size_t rows, std::size_t floats, const std::string& input, double bytes);

}  // namespace lacathode
