// A zero-initialised array of float on a cache line boundary.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace lacathode::detail {

class AlignedBuffer {
  public:
    AlignedBuffer() = default;
    explicit AlignedBuffer(std::size_t size)
        : size_(size), values_(static_cast<float*>(::operator new(size * sizeof(float), line))) {
        std::fill_n(values_.get(), size, 0.0F);
    }

    [[nodiscard]] float* data() noexcept { return values_.get(); }
    [[nodiscard]] const float* data() const noexcept { return values_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    static constexpr std::align_val_t line{64};
    struct Deleter {
        void operator()(float* values) const noexcept { ::operator delete(values, line); }
    };
    std::size_t size_ = 0;
    std::unique_ptr<float, Deleter> values_;
};

}  // namespace lacathode::detail
