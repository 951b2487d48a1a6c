// Where the networks run.
#pragma once

#include <string>

namespace lacathode {

enum class Device { cpu, cuda };

/// automatic: the project's own engine on a CPU, LibTorch elsewhere.
enum class Backend { automatic, engine, torch };

struct Execution {
    Device device = Device::cpu;
    Backend backend = Backend::automatic;
    int threads = 1;  ///< CPU threads inside one training or inference
};

/// Throws UsageError that says what is missing if the device cannot be used (no CUDA in this LibTorch, no GPU).
void check_device(Device device);
/// "LibTorch 1.13.1, CUDA no", for --version.
std::string torch_description();

}  // namespace lacathode
