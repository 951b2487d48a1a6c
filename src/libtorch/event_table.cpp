#include "libtorch/event_table.hpp"

#include <algorithm>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "libtorch/device.hpp"
#include "libtorch/tensors.hpp"

namespace lacathode::torch_backend {

namespace {

// Of a tensor for sets of up to `longest` events. On a CPU whole chunks, so that sums over each
// have the same rounding whatever the longest set is.
std::int64_t filled_rows(std::size_t longest, std::size_t sets, torch::Device device) {
    const auto rows = static_cast<std::int64_t>(longest);
    if (!device.is_cpu()) return rows;
    const std::int64_t chunk = rows_per_chunk(device, sets);
    return (rows + chunk - 1) / chunk * chunk;
}

}  // namespace

torch::Tensor stacked(const std::vector<std::span<const float>>& sets, std::int64_t cols,
                      torch::Device device) {
    std::size_t longest = 0;
    for (const auto& set : sets) longest = std::max(longest, set.size());
    const std::int64_t rows =
        filled_rows(longest / static_cast<std::size_t>(cols), sets.size(), device);
    torch::Tensor all = torch::empty({static_cast<std::int64_t>(sets.size()), rows, cols});
    for (std::size_t s = 0; s < sets.size(); ++s) {
        const torch::Tensor events = view(sets[s], cols);
        const torch::Tensor place = all[static_cast<std::int64_t>(s)];
        place.copy_(events.narrow(0, 0, 1).expand({rows, cols}));
        place.narrow(0, 0, events.size(0)).copy_(events);
    }
    return all.to(device);
}

torch::Tensor valid_events(const std::vector<std::size_t>& sizes, torch::Device device) {
    const std::int64_t rows = filled_rows(std::ranges::max(sizes), sizes.size(), device);
    torch::Tensor valid = torch::zeros({static_cast<std::int64_t>(sizes.size()), rows, 1},
                                       torch::TensorOptions().dtype(torch::kBool));
    for (std::size_t s = 0; s < sizes.size(); ++s)
        valid[static_cast<std::int64_t>(s)]
            .narrow(0, 0, static_cast<std::int64_t>(sizes[s]))
            .fill_(true);
    return valid.to(device);
}

std::vector<std::int64_t> first_rows(const torch::Tensor& sets, std::size_t replicas) {
    // No unsigned tensors in LibTorch 1.x.
    expects(sets.size(0) * sets.size(1) <= std::numeric_limits<std::int32_t>::max(),
            "fewer than 2^31 rows");
    std::vector<std::int64_t> first(replicas, 0);
    if (sets.size(0) == 1) return first;
    for (std::size_t r = 0; r < replicas; ++r)
        first[r] = static_cast<std::int64_t>(r) * sets.size(1);
    return first;
}

}  // namespace lacathode::torch_backend
