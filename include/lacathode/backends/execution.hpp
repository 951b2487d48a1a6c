// Where the networks run, and the networks that run there.
#pragma once

#include <memory>
#include <string>

#include "lacathode/ml/classifier.hpp"
#include "lacathode/ml/flow.hpp"

namespace lacathode {

enum class Device { cpu, cuda };

/// automatic: the project's own engine on a CPU, LibTorch on other devices.
enum class Backend { automatic, engine, torch };

struct Execution {
    Device device = Device::cpu;
    Backend backend = Backend::automatic;
    int threads = 1;  ///< CPU threads inside one training or inference
};

/// Both throw UsageError that says what is missing if the device or backend cannot be used.
std::unique_ptr<DensityEstimator> make_density_estimator(const FlowArchitecture& architecture,
                                                         const AdamOptions& adam,
                                                         const Execution& execution);
std::unique_ptr<Classifier> make_classifier(const ClassifierArchitecture& architecture,
                                            const AdamOptions& adam, const Execution& execution);

/// Throws UsageError if the device cannot be used: no CUDA in this LibTorch, no GPU, engine asked
/// for on a GPU.
void check_execution(const Execution& execution);

/// "LibTorch 1.13.1 (CUDA: no); engine: AVX-512", for --version.
std::string backends_description();

}  // namespace lacathode
