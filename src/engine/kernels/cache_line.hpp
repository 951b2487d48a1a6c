// The unit in which memory moves.
#pragma once

#include <cstddef>

namespace lacathode::engine {

/// 64 bytes on the machines that the kernels are written for.
inline constexpr std::size_t floats_per_line = 16;

/// Rounds a number of floats up to whole lines.
constexpr std::size_t whole_lines(std::size_t floats) {
    return (floats + floats_per_line - 1) / floats_per_line * floats_per_line;
}

}  // namespace lacathode::engine
