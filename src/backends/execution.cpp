#include "lacathode/backends/execution.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/engine/engine.hpp"
#include "lacathode/libtorch/libtorch.hpp"

namespace lacathode {
namespace {

TorchDevice torch_device(Device device) {
    return device == Device::cuda ? TorchDevice::cuda : TorchDevice::cpu;
}

bool uses_engine(const Execution& execution) {
    return execution.backend == Backend::engine ||
           (execution.backend == Backend::automatic && execution.device == Device::cpu);
}

void require(const std::vector<std::string>& problems) {
    if (!problems.empty()) throw UsageError(problems.front());
}

}  // namespace

void check_execution(const Execution& execution) {
    if (execution.threads < 1) {
        throw UsageError("threads is " + std::to_string(execution.threads) + "; give at least 1");
    }
    if (execution.backend == Backend::engine && execution.device != Device::cpu) {
        throw UsageError(
            "backend engine runs on a CPU only; use --device cpu, or backend torch (or automatic) "
            "for --device cuda");
    }
    check_torch_device(torch_device(execution.device));
}

std::unique_ptr<DensityEstimator> make_density_estimator(const FlowArchitecture& architecture,
                                                         const AdamOptions& adam,
                                                         const Execution& execution) {
    check_execution(execution);
    require(problems(architecture));
    require(problems(adam));
    if (uses_engine(execution)) return make_engine_flow(architecture, adam, execution.threads);
    return make_torch_flow(architecture, adam, torch_device(execution.device), execution.threads);
}

std::unique_ptr<Classifier> make_classifier(const ClassifierArchitecture& architecture,
                                            const AdamOptions& adam, const Execution& execution) {
    check_execution(execution);
    require(problems(architecture));
    require(problems(adam));
    if (uses_engine(execution)) {
        return make_engine_classifier(architecture, adam, execution.threads);
    }
    return make_torch_classifier(architecture, adam, torch_device(execution.device),
                                 execution.threads);
}

std::string backends_description() {
    return torch_description() + "; engine: " + engine_instruction_set();
}

}  // namespace lacathode
