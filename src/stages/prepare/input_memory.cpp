#include "stages/prepare/input_memory.hpp"

#include <unistd.h>

#include <cstdint>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {

double memory_of_this_machine() {
    return static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
           static_cast<double>(sysconf(_SC_PAGESIZE));
}

void require_memory(std::size_t rows, std::size_t floats, const std::string& input, double bytes) {
    constexpr std::size_t row_of_its_own =
        sizeof(double) + sizeof(std::int64_t) + 2 * sizeof(std::int8_t);
    const auto row_bytes = static_cast<double>(row_of_its_own + floats * sizeof(float));
    const double needed = 2 * static_cast<double>(rows) * row_bytes;
    if (needed <= bytes) return;
    constexpr double gigabyte = 1e9;
    throw InputError(concat(input, ": ", rows, " events need ", needed / gigabyte,
                            " GB, and this machine has ", bytes / gigabyte,
                            ": read fewer files, or a part of them"));
}

}  // namespace lacathode
