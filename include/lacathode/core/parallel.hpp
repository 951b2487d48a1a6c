// Independent blocks of work on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace lacathode {

/// Calls work(begin, end) for consecutive blocks of [0, count) of `block` items (the last may be
/// shorter), on up to `threads` threads. Block edges do not depend on `threads`, so results that
/// are written per block are the same for any number of threads. The first exception is rethrown
/// here, and ends the work; an interrupt (check_interrupt) is one, looked for before each block.
void parallel_blocks(std::size_t count, std::size_t block, int threads,
                     const std::function<void(std::size_t begin, std::size_t end)>& work);

/// Cores that this process may use (respects CPU affinity); at least 1.
int available_cores();

}  // namespace lacathode
