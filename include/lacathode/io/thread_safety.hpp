// Whether several threads may read and write files at once.
#pragma once

namespace lacathode {

/// True if the HDF5 library was built thread-safe (Debian's is). Otherwise only one thread at a
/// time may use anything of io.
bool io_is_thread_safe();

}  // namespace lacathode
