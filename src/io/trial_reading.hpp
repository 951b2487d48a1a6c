// Reading a file that the program did not write, first where it can do no harm.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace lacathode::io::detail {

struct TrialLimits {
    std::chrono::seconds processor_time;
    std::size_t memory = std::size_t{8} << 30;  ///< bytes, beyond what the program has already
};

/// Generous for the slowest honest file: 10 s, and a second for every 5 MB.
TrialLimits trial_limits(const std::string& path);

/// Runs `work`, which reads the file at `path`, in a child process with these limits (and six times
/// the time by the clock). libhdf5 trusts what it reads: a damaged file can end it with a signal,
/// or keep it busy for ever. Throws InputError if the child died or took too much, the InputError
/// that `work` threw there, and one that tells of an exception that is no Error; returns if work
/// ended well or with another Error, and the caller repeats it. Throws CannotOpen if there can be
/// no child, and Interrupted as check_interrupt does. No other thread may use HDF5 meanwhile.
void try_in_child(const std::string& path, const std::function<void()>& work,
                  const TrialLimits& limits);
inline void try_in_child(const std::string& path, const std::function<void()>& work) {
    try_in_child(path, work, trial_limits(path));
}

}  // namespace lacathode::io::detail
