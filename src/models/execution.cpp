#include "lacathode/models/execution.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/engine/engine.hpp"
#include "models/torch_module.hpp"

namespace lacathode {
namespace {

TorchDevice torch_device(Device device) {
    return device == Device::cuda ? TorchDevice::cuda : TorchDevice::cpu;
}

void require(const std::vector<std::string>& problems) {
    if (!problems.empty()) throw UsageError(problems.front());
}

void check_replicas(const Execution& execution) {
    check_execution(execution);
    if (runs_on_engine(execution)) {
        throw UsageError(
            "backend engine trains one network at a time; use backend torch to train replicas as "
            "one computation");
    }
}

}  // namespace

bool runs_on_engine(const Execution& execution) {
    return execution.backend == Backend::engine ||
           (execution.backend == Backend::automatic && execution.device == Device::cpu);
}

std::vector<std::string> instruction_sets() {
    return engine_instruction_sets();
}

void check_execution_settings(const Execution& execution) {
    expects(execution.device != Device::automatic, "the device is chosen");
    if (execution.threads < 1) {
        throw UsageError("threads is " + std::to_string(execution.threads) + "; give at least 1");
    }
    if (execution.backend == Backend::engine && execution.device != Device::cpu) {
        throw UsageError(
            "backend engine runs on a CPU only; use --device cpu, or backend torch (or automatic) "
            "for --device cuda");
    }
    check_instruction_set(execution.instruction_set);
}

void check_execution(const Execution& execution) {
    check_execution_settings(execution);
    if (runs_on_engine(execution)) return;
    torch_backend::backend().check_device(torch_device(execution.device));
}

std::unique_ptr<MafNetwork> make_maf(const MafArchitecture& architecture, const AdamOptions& adam,
                                     const Execution& execution) {
    check_execution(execution);
    require(problems(architecture));
    require(problems(adam));
    if (runs_on_engine(execution)) {
        return make_engine_maf(architecture, adam, execution.threads, execution.instruction_set);
    }
    return torch_backend::backend().make_maf(architecture, adam, torch_device(execution.device),
                                             execution.threads);
}

std::unique_ptr<MlpNetwork> make_mlp(const MlpArchitecture& architecture, const AdamOptions& adam,
                                     const Execution& execution) {
    check_execution(execution);
    require(problems(architecture));
    require(problems(adam));
    if (runs_on_engine(execution)) {
        return make_engine_mlp(architecture, adam, execution.threads, execution.instruction_set);
    }
    return torch_backend::backend().make_mlp(architecture, adam, torch_device(execution.device),
                                             execution.threads);
}

std::unique_ptr<MafReplicas> make_maf_replicas(const MafArchitecture& architecture,
                                               const AdamOptions& adam,
                                               const ReplicaData<FlowData>& data,
                                               const Execution& execution) {
    check_replicas(execution);
    require(problems(architecture));
    require(problems(adam));
    return torch_backend::backend().make_maf_replicas(
        architecture, adam, data, torch_device(execution.device), execution.threads);
}

std::unique_ptr<MlpReplicas> make_mlp_replicas(const MlpArchitecture& architecture,
                                               const AdamOptions& adam,
                                               const ReplicaData<ClassifierData>& data,
                                               const Execution& execution) {
    check_replicas(execution);
    require(problems(architecture));
    require(problems(adam));
    return torch_backend::backend().make_mlp_replicas(
        architecture, adam, data, torch_device(execution.device), execution.threads);
}

double free_memory(const Execution& execution) {
    check_execution(execution);
    return torch_backend::backend().free_memory(torch_device(execution.device));
}

std::string network_implementation(const Execution& execution) {
    check_execution_settings(execution);
    if (runs_on_engine(execution)) {
        const std::string best = engine_instruction_sets().front();
        return "engine, " + (execution.instruction_set.empty() ? best : execution.instruction_set);
    }
    return torch_backend::backend().description() +
           (execution.device == Device::cuda ? ", cuda" : ", cpu");
}

std::string backends_description() {
    const torch_backend::Module& module = torch_backend::module();
    const std::string torch = module.backend != nullptr
                                  ? module.backend->description()
                                  : "LibTorch: not available (" + module.problem + ")";
    return torch + "; engine: " + engine_instruction_sets().front();
}

}  // namespace lacathode
