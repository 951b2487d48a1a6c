// Between our arrays and LibTorch's tensors.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <vector>

#include "lacathode/core/matrix.hpp"

namespace lacathode::torch_backend {

/// A float32 view [rows, cols] of `values`, which must outlive it and is never written through it.
torch::Tensor view(std::span<const float> values, std::int64_t cols);
inline torch::Tensor view(const Matrix<float>& matrix) {
    return view(matrix.values(), static_cast<std::int64_t>(matrix.cols()));
}

/// Copies a float32 tensor on any device to `values`, which is as long.
void copy_to(const torch::Tensor& tensor, std::span<float> values);

/// An int64 tensor on any device as numbers.
std::vector<std::int64_t> integers(const torch::Tensor& tensor);

/// The events that batches are taken from, as tensors [N, cols] on the device. On the CPU they are
/// views; elsewhere the copy is kept as long as the same arrays come again.
class BatchSource {
  public:
    struct Column {
        std::span<const float> values;
        std::int64_t cols;
    };

    explicit BatchSource(torch::Device device) : device_(device) {}
    /// The given rows of each of `columns`.
    std::vector<torch::Tensor> batch(const std::vector<Column>& columns,
                                     std::span<const std::uint32_t> rows);

  private:
    struct Key {
        const float* begin;
        std::size_t size;
        double fingerprint;  // of a few values: the same memory may hold other events by now
        bool operator==(const Key&) const = default;
    };
    static std::vector<Key> keys_of(const std::vector<Column>& columns);
    void refresh(const std::vector<Column>& columns);

    torch::Device device_;
    std::vector<Key> keys_;
    std::vector<torch::Tensor> tensors_;
};

}  // namespace lacathode::torch_backend
