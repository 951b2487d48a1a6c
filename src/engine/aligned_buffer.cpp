#include "engine/aligned_buffer.hpp"

#include <algorithm>

#include "engine/kernels/cache_line.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lacathode::engine {
namespace {

constexpr std::align_val_t cache_line{floats_per_line * sizeof(float)};
constexpr std::align_val_t huge_page{std::size_t{2} << 20};

/// Saves most misses of the address translation; only a hint, so its result does not matter.
void advise_huge_pages(void* memory, std::size_t bytes) {
#if defined(__linux__)
    (void)madvise(memory, bytes, MADV_HUGEPAGE);
#else
    (void)memory;
    (void)bytes;
#endif
}

}  // namespace

AlignedBuffer::AlignedBuffer(std::size_t size) : size_(size) {
    constexpr auto page = static_cast<std::size_t>(huge_page);
    const std::size_t bytes = size * sizeof(float);
    const bool large = bytes >= page / 4;  // the rest of the last page is no great loss
    const std::align_val_t alignment = large ? huge_page : cache_line;
    const std::size_t allocated = large ? (bytes + page - 1) / page * page : bytes;
    void* memory = ::operator new(allocated, alignment);
    if (large) advise_huge_pages(memory, allocated);
    values_ = std::unique_ptr<float, Deleter>(static_cast<float*>(memory), Deleter{alignment});
    std::fill_n(values_.get(), size, 0.0F);
}

}  // namespace lacathode::engine
