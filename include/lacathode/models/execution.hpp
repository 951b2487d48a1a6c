// Where the networks run, and the networks that run there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lacathode/ml/maf.hpp"
#include "lacathode/ml/mlp.hpp"
#include "lacathode/ml/replicas.hpp"

namespace lacathode {

/// automatic: as chosen_execution says; networks are made on one of the others.
enum class Device { cpu, cuda, automatic };

/// automatic: the project's own engine on a CPU, LibTorch on other devices.
enum class Backend { automatic, engine, torch };

struct Execution {
    Device device = Device::cpu;
    Backend backend = Backend::automatic;
    int threads = 1;                   ///< CPU threads inside one training or inference
    std::string instruction_set = {};  ///< one of instruction_sets(); empty: the best
};

/// Whether the engine computes networks there, one at a time.
bool runs_on_engine(const Execution& execution);

/// Both throw UsageError that says what is missing if the device or backend cannot be used.
std::unique_ptr<MafNetwork> make_maf(const MafArchitecture& architecture, const AdamOptions& adam,
                                     const Execution& execution);
std::unique_ptr<MlpNetwork> make_mlp(const MlpArchitecture& architecture, const AdamOptions& adam,
                                     const Execution& execution);

/// R networks as one computation on LibTorch, with a copy of the data on the device. Throw as
/// check_execution, and UsageError for an execution on the engine, which has none.
std::unique_ptr<MafReplicas> make_maf_replicas(const MafArchitecture& architecture,
                                               const AdamOptions& adam,
                                               const ReplicaData<FlowData>& data,
                                               const Execution& execution);
std::unique_ptr<MlpReplicas> make_mlp_replicas(const MlpArchitecture& architecture,
                                               const AdamOptions& adam,
                                               const ReplicaData<ClassifierData>& data,
                                               const Execution& execution);

/// Bytes that are free where LibTorch computes. Throws as check_execution.
double free_memory(const Execution& execution);

/// Of the engine on this machine, best first: "AVX-512", "AVX2", ...
std::vector<std::string> instruction_sets();

/// Throws UsageError if something cannot be used: no LibTorch, no CUDA in it, no GPU, engine asked
/// for on a GPU, an instruction set that this machine does not have. Loads LibTorch only if the
/// networks are to run on it.
void check_execution(const Execution& execution);
/// The same, but for what another machine may have: LibTorch and the GPU.
void check_execution_settings(const Execution& execution);

/// What computes networks there, as the provenance records it: "engine, AVX2", with the instruction
/// set that is really used, or "LibTorch 1.13.1 (CUDA: no), cpu". Results of two such texts agree
/// to rounding only. Throws as check_execution_settings, and without the LibTorch that is asked
/// for.
std::string network_implementation(const Execution& execution);

/// "LibTorch 1.13.1 (CUDA: no); engine: AVX-512", for --version. Loads LibTorch; where that fails,
/// it says why in the place of the version.
std::string backends_description();

}  // namespace lacathode
