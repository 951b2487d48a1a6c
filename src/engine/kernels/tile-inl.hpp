// The matrix product: a register tile of up to `max_rows` rows by one panel of events.
#if defined(LACATHODE_ENGINE_TILE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef LACATHODE_ENGINE_TILE_INL
#undef LACATHODE_ENGINE_TILE_INL
#else
#define LACATHODE_ENGINE_TILE_INL
#endif

#include "engine/kernels/constant_count-inl.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lacathode::engine::HWY_NAMESPACE {

/// Two accumulators a row, two loads and one broadcast must fit the registers: 32 of AVX-512 and of
/// 64-bit Arm, else 16.
inline constexpr int max_rows = lanes >= 16 || HWY_ARCH_ARM_A64 ? 12 : 6;

/// The weights of a tile: consecutive steps of a row are neighbours in memory ...
struct RowMajor {
    const float* HWY_RESTRICT first;
    std::size_t stride;
    [[nodiscard]] RowMajor from_row(std::size_t row) const {
        return {first + row * stride, stride};
    }
    HWY_INLINE float at(std::size_t row, std::size_t k) const { return first[row * stride + k]; }
};
/// ... or consecutive rows of a step are.
struct ColumnMajor {
    const float* HWY_RESTRICT first;
    std::size_t stride;
    [[nodiscard]] ColumnMajor from_row(std::size_t row) const { return {first + row, stride}; }
    HWY_INLINE float at(std::size_t row, std::size_t k) const { return first[k * stride + row]; }
};

template <int kRows>
struct Tile {
    HWY_INLINE Tile() {}
    PanelRow row[kRows];
};

/// tile[r] += sum_k weights(r, k) in[k] over k in [0, steps).
template <int kRows, class Weights>
HWY_INLINE void multiply_add(const Weights weights, const Rows<const float> in, std::size_t steps,
                             Tile<kRows>& tile) {
    const float* HWY_RESTRICT event = in.first;
    for (std::size_t k = 0; k < steps; ++k, event += in.step) {
        const PanelRow x = load_row(event);
        HWY_UNROLL(12)
        for (std::size_t r = 0; r < kRows; ++r) {
            const Vector w = broadcast(weights.at(r, k));
            tile.row[r].low = hn::MulAdd(w, x.low, tile.row[r].low);
            tile.row[r].high = hn::MulAdd(w, x.high, tile.row[r].high);
        }
    }
}

template <class Op>
struct RowsOfTile {
    const Op& op;
    std::size_t row;
    template <int kRows>
    HWY_INLINE void run() const {
        op.template run<kRows>(row);
    }
};

/// Calls op.run<R>(row) for tiles of nearly equal height that cover [begin, end).
template <class Op>
HWY_INLINE void for_tiles(std::size_t begin, std::size_t end, const Op& op) {
    const std::size_t count = end - begin;
    const std::size_t tiles = (count + max_rows - 1) / max_rows;
    for (std::size_t t = 0; t < tiles; ++t) {
        const std::size_t row = begin + count * t / tiles;
        const std::size_t rows = begin + count * (t + 1) / tiles - row;
        with_constant<max_rows>(rows, RowsOfTile<Op>{op, row});
    }
}

}  // namespace lacathode::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
