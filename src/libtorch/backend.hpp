// The functions that the module offers, as TorchBackend describes them.
#pragma once

#include <memory>
#include <string>

#include "lacathode/libtorch/libtorch.hpp"

namespace lacathode::torch_backend {

void check_device(TorchDevice device);
std::string description();
double free_memory(TorchDevice device);

std::unique_ptr<MafNetwork> make_maf(const MafArchitecture& architecture, const AdamOptions& adam,
                                     TorchDevice device, int threads);
std::unique_ptr<MlpNetwork> make_mlp(const MlpArchitecture& architecture, const AdamOptions& adam,
                                     TorchDevice device, int threads);
std::unique_ptr<MafReplicas> make_maf_replicas(const MafArchitecture& architecture,
                                               const AdamOptions& adam,
                                               const ReplicaData<FlowData>& data,
                                               TorchDevice device, int threads);
std::unique_ptr<MlpReplicas> make_mlp_replicas(const MlpArchitecture& architecture,
                                               const AdamOptions& adam,
                                               const ReplicaData<ClassifierData>& data,
                                               TorchDevice device, int threads);

}  // namespace lacathode::torch_backend
