#include "lacathode/models/backend_choice.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "models/torch_module.hpp"

namespace lacathode {
namespace {

struct DeviceChoice {
    Device device;
    std::string reason;
};

DeviceChoice chosen_device(const Execution& asked, std::size_t trainings, bool is_there) {
    if (asked.device != Device::automatic) return {asked.device, "the device that was asked for"};
    if (asked.backend == Backend::engine) return {Device::cpu, "the engine runs on a CPU"};
    if (!is_there) return {Device::cpu, "LibTorch sees no GPU"};
    if (asked.backend == Backend::torch) return {Device::cuda, "LibTorch is faster on a GPU"};
    if (trainings >= least_trainings_for_gpu) {
        return {Device::cuda, concat("a GPU takes the steps of ", trainings, " trainings as one")};
    }
    return {Device::cpu, concat("fewer than ", least_trainings_for_gpu,
                                " trainings of one shape do not fill a GPU")};
}

}  // namespace

ExecutionChoice chosen_execution(const Execution& asked, std::size_t trainings, bool is_there) {
    const DeviceChoice device = chosen_device(asked, trainings, is_there);
    ExecutionChoice choice{.execution = asked, .reason = device.reason};
    choice.execution.device = device.device;
    if (asked.backend == Backend::automatic) {
        choice.execution.backend = device.device == Device::cpu ? Backend::engine : Backend::torch;
    }
    return choice;
}

bool gpu_is_there() {
    const torch_backend::Module& module = torch_backend::module();
    if (module.backend == nullptr) return false;
    try {
        module.backend->check_device(TorchDevice::cuda);
    } catch (const UsageError&) {
        return false;
    }
    return true;
}

}  // namespace lacathode
