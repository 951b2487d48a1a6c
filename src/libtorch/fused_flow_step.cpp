#include "libtorch/fused_flow_step.hpp"

#include "lacathode/core/errors.hpp"
#include "libtorch/fused_flow_map.hpp"

namespace lacathode::torch_backend {
namespace {

std::size_t whole_tiles(std::size_t batch_size) {
    constexpr std::size_t tile = kernels::tile;
    return (batch_size + tile - 1) / tile * tile;
}

template <int D>
StepSize size_of(std::size_t rows, std::size_t blocks) {
    const auto r = static_cast<int>(rows);
    const auto k = static_cast<int>(blocks);
    return {.shared_floats = static_cast<std::size_t>(kernels::shared_floats<D>(r, k)),
            .kept_floats = static_cast<std::size_t>(kernels::kept_floats<D>(r, k))};
}

}  // namespace

StepSize step_size(const MafArchitecture& architecture, std::size_t batch_size) {
    const std::size_t rows = whole_tiles(batch_size);
    return kernels::with_features(architecture.features,
                                  [&](auto d) { return size_of<d()>(rows, architecture.blocks); });
}

bool FusedFlowStep::fits(const MafArchitecture& architecture, std::size_t batch_size,
                         std::size_t shared_memory) {
    // Of more, tiles one after the other would take longer than LibTorch, which takes them at once.
    constexpr std::size_t most_rows = 512;
    return kernels_know(architecture) && whole_tiles(batch_size) <= most_rows &&
           sizeof(float) * step_size(architecture, batch_size).shared_floats <= shared_memory;
}

FusedFlowStep::FusedFlowStep(const MafArchitecture& architecture, std::size_t replicas,
                             std::size_t batch_size, torch::Device device)
    : architecture_(architecture), batch_size_(batch_size) {
    kept_ = torch::empty(
        {static_cast<std::int64_t>(replicas * step_size(architecture, batch_size).kept_floats)},
        torch::TensorOptions().dtype(torch::kFloat32).device(device));
}

kernels::MafStep FusedFlowStep::step(Parameters& parameters, const FlowEvents& events,
                                     const StepTables& tables) const {
    expects(tables.rows.size(1) == static_cast<std::int64_t>(batch_size_), "batches of this size");
    const Parameters::Memory memory = parameters.memory();
    const auto floats = [](const torch::Tensor& tensor) { return tensor.data_ptr<float>(); };
    return {.hidden = static_cast<int>(architecture_.hidden),
            .blocks = static_cast<int>(architecture_.blocks),
            .batch = static_cast<int>(batch_size_),
            .rows = static_cast<int>(whole_tiles(batch_size_)),
            .values = memory.values.size(1),
            .value = floats(memory.values),
            .first = floats(memory.first_moment),
            .second = floats(memory.second_moment),
            .x = floats(events.x),
            .mass = floats(events.mass),
            .weight = events.weight.defined() ? floats(events.weight) : nullptr,
            .row = tables.rows.data_ptr<std::int32_t>(),
            .count = floats(tables.counts),
            .coefficients = floats(tables.coefficients),
            .loss = tables.losses.data_ptr<double>(),
            .kept = floats(kept_),
            .norm_epsilon = static_cast<float>(batch_norm_epsilon),
            .adam_epsilon = static_cast<float>(parameters.adam().epsilon),
            .weight_decay = static_cast<float>(parameters.adam().weight_decay)};
}

}  // namespace lacathode::torch_backend
