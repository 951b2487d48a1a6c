#include "lacathode/io/thread_safety.hpp"

#include <hdf5.h>

namespace lacathode {

bool io_is_thread_safe() {
    hbool_t safe = false;
    return H5is_library_threadsafe(&safe) >= 0 && safe;
}

}  // namespace lacathode
