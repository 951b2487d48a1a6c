// The networks on LibTorch's autograd: the oracle of the engine, and the way to other devices.
#pragma once

#include <memory>
#include <string>

#include "lacathode/ml/classifier.hpp"
#include "lacathode/ml/flow.hpp"

namespace lacathode {

enum class TorchDevice { cpu, cuda };

/// Throws UsageError that says what is missing if CUDA cannot be used.
void check_torch_device(TorchDevice device);
/// "LibTorch 1.13.1 (CUDA: no)".
std::string torch_description();

/// On a CPU each operation runs on one thread, with the BLAS that LibTorch is linked to: Debian's
/// reference BLAS is some ten times slower than OpenBLAS (package libopenblas0-serial).
/// `threads` work on blocks of rows in inference; results do not depend on them.
std::unique_ptr<DensityEstimator> make_torch_flow(const FlowArchitecture& architecture,
                                                  const AdamOptions& adam, TorchDevice device,
                                                  int threads);
std::unique_ptr<Classifier> make_torch_classifier(const ClassifierArchitecture& architecture,
                                                  const AdamOptions& adam, TorchDevice device,
                                                  int threads);

}  // namespace lacathode
