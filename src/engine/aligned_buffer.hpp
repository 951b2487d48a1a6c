// A zero-initialised array of float, aligned for the vectors and, if large, for huge pages.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace lacathode::engine {

class AlignedBuffer {
  public:
    AlignedBuffer() = default;
    explicit AlignedBuffer(std::size_t size);

    [[nodiscard]] float* data() noexcept { return values_.get(); }
    [[nodiscard]] const float* data() const noexcept { return values_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    struct Deleter {
        std::align_val_t alignment;
        void operator()(float* values) const noexcept { ::operator delete(values, alignment); }
    };
    std::size_t size_ = 0;
    std::unique_ptr<float, Deleter> values_;
};

}  // namespace lacathode::engine
