#include "libtorch/fused_flow_map.hpp"

#include <vector>

#include "lacathode/core/errors.hpp"

namespace lacathode::torch_backend {
namespace {

std::int64_t step_of(const torch::Tensor& table) {
    return table.size(0) == 1 ? 0 : table.stride(0);
}

torch::Tensor statistics_of(const FlowNetwork& network) {
    std::vector<torch::Tensor> all;
    for (std::size_t block = 0; block < network.architecture().blocks; ++block) {
        all.push_back(network.statistics(block).mean);
        all.push_back(network.statistics(block).variance);
    }
    return torch::cat(all, 1).contiguous();
}

bool is_row_by_row(const torch::Tensor& table) {
    return table.stride(2) == 1 && table.stride(1) == table.size(2);
}

/// All blocks, each before the next, from x to `to`; without the log-determinant.
FlowMap map_between(const FlowNetwork& network, const torch::Tensor& x, const torch::Tensor& mass,
                    const torch::Tensor& to) {
    expects(is_row_by_row(x) && is_row_by_row(mass) && x.size(1) == mass.size(1),
            "rows one behind the other");
    const torch::Tensor& values = network.parameters().memory().values;
    for (const torch::Tensor& table : {x, mass})
        expects(table.size(0) == 1 || table.size(0) == values.size(0), "events of all or of each");
    FlowMap result{.statistics = statistics_of(network), .to = to, .log_det = {}};
    const auto blocks = static_cast<int>(network.architecture().blocks);
    result.map = {.hidden = static_cast<int>(network.architecture().hidden),
                  .blocks = blocks,
                  .values = values.size(1),
                  .events = x.size(1),
                  .value = values.data_ptr<float>(),
                  .statistics = result.statistics.data_ptr<float>(),
                  .from = x.data_ptr<float>(),
                  .mass = mass.data_ptr<float>(),
                  .from_step = step_of(x),
                  .mass_step = step_of(mass),
                  .to = to.data_ptr<float>(),
                  .log_det = nullptr,
                  .first = 0,
                  .last = blocks,
                  .shifted = false};
    return result;
}

}  // namespace

bool kernels_know(const MafArchitecture& architecture) {
    return architecture.features <= kernels::features_with_room &&
           architecture.hidden <= kernels::tile && architecture.hidden % 4 == 0;
}

bool map_fits(const MafArchitecture& architecture, std::size_t replicas,
              std::size_t shared_memory) {
    constexpr std::size_t most_replicas = 65'535;  // of a grid's second dimension
    constexpr std::size_t needed =
        sizeof(float) * kernels::map_floats<kernels::features_with_room>();
    return kernels_know(architecture) && replicas <= most_replicas && needed <= shared_memory;
}

FlowMap whole_map(const FlowNetwork& network, const torch::Tensor& x, const torch::Tensor& mass) {
    const std::int64_t replicas = network.parameters().memory().values.size(0);
    FlowMap result =
        map_between(network, x, mass, torch::empty({replicas, x.size(1), x.size(2)}, x.options()));
    result.log_det = torch::empty({replicas, x.size(1)}, x.options());
    result.map.log_det = result.log_det.data_ptr<float>();
    return result;
}

FlowMap next_made(const FlowNetwork& network, std::size_t block, const torch::Tensor& x,
                  const torch::Tensor& mass) {
    expects(x.is_contiguous() && x.size(0) == network.parameters().memory().values.size(0),
            "each flow has its events");
    FlowMap result = map_between(network, x, mass, x);
    result.map.first = static_cast<int>(block);
    result.map.last = static_cast<int>(block) + 1;
    result.map.shifted = true;
    return result;
}

}  // namespace lacathode::torch_backend
