#include "libtorch/tensors.hpp"

#include <algorithm>
#include <limits>

#include "lacathode/core/errors.hpp"

namespace lacathode::torch_backend {

torch::Tensor view(std::span<const float> values, std::int64_t cols) {
    // from_blob has no read-only form.
    auto* data = const_cast<float*>(values.data());
    return torch::from_blob(data, {static_cast<std::int64_t>(values.size()) / cols, cols},
                            torch::kFloat32);
}

void copy_to(const torch::Tensor& tensor, std::span<float> values) {
    expects(static_cast<std::size_t>(tensor.numel()) == values.size(), "as many values");
    const torch::Tensor host = tensor.detach().to(torch::kCPU).contiguous();
    std::copy_n(host.data_ptr<float>(), values.size(), values.begin());
}

std::vector<std::int64_t> integers(const torch::Tensor& tensor) {
    const torch::Tensor host = tensor.to(torch::kCPU, torch::kInt64).contiguous();
    return {host.data_ptr<std::int64_t>(), host.data_ptr<std::int64_t>() + host.numel()};
}

std::vector<torch::Tensor> BatchSource::batch(const std::vector<Column>& columns,
                                              std::span<const std::uint32_t> rows) {
    refresh(columns);
    for (const std::uint32_t row : rows) {
        expects(row < static_cast<std::size_t>(tensors_.front().size(0)), "rows exist");
    }
    // No unsigned tensors in LibTorch 1.x; row numbers below 2^31 read the same.
    expects(tensors_.front().size(0) <= std::numeric_limits<std::int32_t>::max(), "N < 2^31");
    auto* data = const_cast<std::uint32_t*>(rows.data());
    const torch::Tensor index =
        torch::from_blob(data, {static_cast<std::int64_t>(rows.size())}, torch::kInt32).to(device_);
    std::vector<torch::Tensor> result;
    for (const torch::Tensor& tensor : tensors_) result.push_back(tensor.index_select(0, index));
    return result;
}

void BatchSource::refresh(const std::vector<Column>& columns) {
    if (device_.is_cuda()) {
        std::vector<Key> keys = keys_of(columns);
        if (keys == keys_) return;
        keys_ = std::move(keys);
    }
    tensors_.clear();
    for (const Column& column : columns) {
        tensors_.push_back(view(column.values, column.cols).to(device_));
    }
}

std::vector<BatchSource::Key> BatchSource::keys_of(const std::vector<Column>& columns) {
    constexpr std::size_t samples = 64;
    std::vector<Key> keys;
    for (const Column& column : columns) {
        double fingerprint = 0;
        const std::size_t stride = std::max<std::size_t>(1, column.values.size() / samples);
        for (std::size_t i = 0; i < column.values.size(); i += stride) {
            fingerprint = 0.75 * fingerprint + double{column.values[i]};
        }
        keys.push_back({column.values.data(), column.values.size(), fingerprint});
    }
    return keys;
}

}  // namespace lacathode::torch_backend
