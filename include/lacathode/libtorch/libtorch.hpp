// What the module liblacathode_torch.so offers: the networks on LibTorch's autograd, which are the
// oracle of the engine and the way to other devices. Programs open it at run time, when a network
// is to run on LibTorch (docs/decisions/0007-torch-module.md).
#pragma once

#include <memory>
#include <string>

#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/provenance.hpp"
#include "lacathode/ml/maf.hpp"
#include "lacathode/ml/mlp.hpp"
#include "lacathode/ml/replicas.hpp"

namespace lacathode {

enum class TorchDevice { cpu, cuda };

/// The module's functions; all others of the module stay inside it. Classes cross the edge, so
/// program and module must come from the same build.
struct TorchBackend {
    /// torch_module_stamp() of the module. Stays the first member: it is read before it is known
    /// that the others mean the same on both sides.
    const char* stamp;

    /// Hands the program's interrupts to the module, whose copy of check_interrupt knows none.
    void (*watch_interrupts)(const InterruptFlag& flag) noexcept;

    /// Throws UsageError that says what is missing if CUDA cannot be used.
    void (*check_device)(TorchDevice device);
    /// "LibTorch 1.13.1 (CUDA: no)".
    std::string (*description)();

    /// On a CPU each operation runs on one thread, with the BLAS that LibTorch is linked to:
    /// Debian's reference BLAS is some ten times slower than OpenBLAS (package
    /// libopenblas0-serial). `threads` work on blocks of rows in inference; results do not depend
    /// on them. Both throw as check_device.
    std::unique_ptr<MafNetwork> (*make_maf)(const MafArchitecture& architecture,
                                            const AdamOptions& adam, TorchDevice device,
                                            int threads);
    std::unique_ptr<MlpNetwork> (*make_mlp)(const MlpArchitecture& architecture,
                                            const AdamOptions& adam, TorchDevice device,
                                            int threads);

    /// Bytes that are free on the device, of a CPU those that Linux calls available. Throws as
    /// check_device.
    double (*free_memory)(TorchDevice device);
    /// R networks as one computation; the data are copied to the device. `threads` as above, of
    /// evaluations only. Throw as check_device.
    std::unique_ptr<MafReplicas> (*make_maf_replicas)(const MafArchitecture& architecture,
                                                      const AdamOptions& adam,
                                                      const ReplicaData<FlowData>& data,
                                                      TorchDevice device, int threads);
    std::unique_ptr<MlpReplicas> (*make_mlp_replicas)(const MlpArchitecture& architecture,
                                                      const AdamOptions& adam,
                                                      const ReplicaData<ClassifierData>& data,
                                                      TorchDevice device, int threads);
};

/// The build that a program or module belongs to, e.g. "0.1.0 (0123456789ab)".
inline std::string torch_module_stamp() {
    return library_version() + " (" + library_git_revision() + ")";
}

/// The type of the module's one exported symbol, `lacathode_torch_backend`. Its result lives as
/// long as the process.
using TorchBackendSymbol = const TorchBackend* (*)();

}  // namespace lacathode
