// The gradient of a weight matrix, dot products over all events of the batch (docs/engine.md, 18),
// and Adam with it.
#if defined(LACATHODE_ENGINE_OUTER_PRODUCT_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef LACATHODE_ENGINE_OUTER_PRODUCT_INL
#undef LACATHODE_ENGINE_OUTER_PRODUCT_INL
#else
#define LACATHODE_ENGINE_OUTER_PRODUCT_INL
#endif

#include "engine/kernels/adam-inl.hpp"
#include "engine/kernels/cache_line.hpp"
#include "engine/kernels/constant_count-inl.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lacathode::engine::HWY_NAMESPACE {

/// The accumulators of a tile, one row of activations and `tile_columns` of the other side fit the
/// registers; they are enough for a multiply-add not to wait for the one before it.
inline constexpr int tile_rows = lanes >= 16 ? 4 : 6;
inline constexpr int tile_columns = lanes >= 16 ? 4 : 2;

/// Tiles are collected in blocks of one line of the matrix by `tile_rows`.
inline constexpr std::size_t block_columns = floats_per_line;

#if HWY_TARGET != HWY_SCALAR  // which has no neighbours
/// Each lane plus the one `kDistance` away: of `a` where bit kDistance of the lane's index is 0, of
/// `b` where it is 1. Two blends and one shuffle: there are fewer units that shuffle.
template <std::size_t kDistance>
HWY_INLINE Vector neighbour_sums(Vector a, Vector b) {
    if constexpr (kDistance == 1) {
        return hn::Add(hn::OddEven(b, a), hn::Shuffle2301(hn::OddEven(a, b)));
    } else if constexpr (kDistance == 2) {
        const hn::Repartition<std::uint64_t, decltype(tag)> pairs;
        const auto a2 = hn::BitCast(pairs, a);
        const auto b2 = hn::BitCast(pairs, b);
        return hn::Add(hn::BitCast(tag, hn::OddEven(b2, a2)),
                       hn::BitCast(tag, hn::Shuffle01(hn::OddEven(a2, b2))));
    } else if constexpr (2 * kDistance == lanes) {
        return hn::Add(hn::ConcatUpperLower(tag, b, a), hn::ConcatLowerUpper(tag, b, a));
    } else {
        return hn::Add(hn::OddEvenBlocks(b, a), hn::SwapAdjacentBlocks(hn::OddEvenBlocks(a, b)));
    }
}
#endif

/// Lane i: the sum of the lanes of terms[i].
template <std::size_t kCount>
HWY_INLINE Vector lane_sums(const Vector (&terms)[kCount]) {
#if HWY_TARGET != HWY_SCALAR
    if constexpr (kCount > 1) {
        Vector half[kCount / 2];
        HWY_UNROLL(8)
        for (std::size_t i = 0; i < kCount / 2; ++i) {
            half[i] = neighbour_sums<kCount / 2>(terms[i], terms[i + kCount / 2]);
        }
        return lane_sums<kCount / 2>(half);
    }
#endif
    return terms[0];
}

template <int kRows, int kColumns>
HWY_NOINLINE void outer_product_tile(const OuterProduct& product, std::size_t row,
                                     std::size_t column, float* HWY_RESTRICT out) {
    Vector sum[kRows][kColumns];
    HWY_UNROLL(6)
    for (int r = 0; r < kRows; ++r) {
        HWY_UNROLL(4)
        for (int c = 0; c < kColumns; ++c) sum[r][c] = hn::Zero(tag);
    }
    const float* HWY_RESTRICT left = product.left.rows.row(row);
    const float* HWY_RESTRICT right = product.right.rows.row(column);
    constexpr std::size_t left_step = panel;  // a constant saves registers for addresses
    const std::ptrdiff_t right_step = product.right.rows.step;
    for (std::size_t p = 0; p < product.left.count; ++p) {
        HWY_UNROLL(2)
        for (std::size_t part = 0; part < panel; part += lanes) {
            Vector b[kColumns];
            HWY_UNROLL(4)
            for (int c = 0; c < kColumns; ++c) b[c] = hn::Load(tag, right + part + c * right_step);
            HWY_UNROLL(6)
            for (int r = 0; r < kRows; ++r) {
                const Vector a =
                    hn::Load(tag, left + part + static_cast<std::size_t>(r) * left_step);
                HWY_UNROLL(4)
                for (int c = 0; c < kColumns; ++c) sum[r][c] = hn::MulAdd(a, b[c], sum[r][c]);
            }
        }
        left += product.left.panel_stride;
        right += product.right.panel_stride;
    }
    // As many sums at a time as a vector has lanes: one tree of pairwise sums reduces them.
    constexpr int kGroup = static_cast<int>(lanes);
    constexpr int kSums = (tile_rows * tile_columns + kGroup - 1) / kGroup * kGroup;
    HWY_ALIGN float result[kSums];
    HWY_UNROLL(4)
    for (int first = 0; first < kSums; first += kGroup) {
        Vector terms[kGroup];
        HWY_UNROLL(16)
        for (int i = 0; i < kGroup; ++i) {
            const int r = (first + i) / tile_columns;
            const int c = (first + i) % tile_columns;
            terms[i] = r < kRows && c < kColumns ? sum[r < kRows ? r : 0][c < kColumns ? c : 0]
                                                 : hn::Zero(tag);
        }
        hn::Store(lane_sums(terms), tag, result + first);
    }
    for (int r = 0; r < kRows; ++r, out += block_columns) {
        hwy::CopyBytes<kColumns * sizeof(float)>(result + r * tile_columns, out);
    }
}

template <int kRows>
struct LastColumns {
    const OuterProduct& product;
    std::size_t row;
    std::size_t begin;
    float* HWY_RESTRICT out;
    template <int kColumns>
    HWY_INLINE void run() const {
        outer_product_tile<kRows, kColumns>(product, row, begin, out);
    }
};

template <int kRows>
HWY_INLINE void outer_product_columns(const OuterProduct& product, std::size_t row,
                                      std::size_t begin, std::size_t end, float* HWY_RESTRICT out) {
    for (; begin + tile_columns <= end; begin += tile_columns, out += tile_columns) {
        outer_product_tile<kRows, tile_columns>(product, row, begin, out);
    }
    with_constant<tile_columns - 1>(end - begin, LastColumns<kRows>{product, row, begin, out});
}

/// Asks for the lines that Adam will write behind a block of tiles.
HWY_INLINE void prefetch_update(const OuterProduct& product, std::size_t rows, std::size_t offset) {
    if (product.adam == nullptr) return;
    for (std::size_t r = 0; r < rows; ++r, offset += product.stride) {
        __builtin_prefetch(product.arrays.first_moment + offset, 1, 2);
        __builtin_prefetch(product.arrays.second_moment + offset, 1, 2);
        __builtin_prefetch(product.arrays.parameters + offset, 1, 2);
    }
}

/// Columns [begin, end), of one line of the matrix, of `kRows` rows.
template <int kRows>
HWY_INLINE void outer_product_block(const OuterProduct& product, std::size_t row, std::size_t begin,
                                    std::size_t end) {
    const std::size_t line = begin / block_columns * block_columns;
    std::size_t offset = row * product.stride + line;
    prefetch_update(product, kRows, offset);
    HWY_ALIGN float gradient[kRows * block_columns] = {};
    outer_product_columns<kRows>(product, row, begin, end, gradient + (begin - line));
    if (product.adam == nullptr) {
        for (std::size_t r = 0; r < kRows; ++r, offset += product.stride) {
            const float* from = gradient + r * block_columns;
            for (std::size_t c = begin - line; c < end - line; ++c) {
                product.gradient[offset + c] = from[c];
            }
        }
        return;
    }
    const AdamVectors constants(*product.adam);
    for (std::size_t r = 0; r < kRows; ++r, offset += product.stride) {
        for (std::size_t i = 0; i < block_columns; i += lanes) {
            constants.update(hn::Load(tag, gradient + r * block_columns + i),
                             product.arrays.parameters + offset + i,
                             product.arrays.first_moment + offset + i,
                             product.arrays.second_moment + offset + i);
        }
    }
}

struct RowsOfBlock {
    const OuterProduct& product;
    std::size_t row;
    std::size_t begin;
    std::size_t end;
    template <int kRows>
    HWY_INLINE void run() const {
        outer_product_block<kRows>(product, row, begin, end);
    }
};

/// Column by column of blocks: their rows of activations stay in the level-1 cache while the rows
/// of the matrix go by.
void outer_product(const OuterProduct& product, std::size_t row_begin, std::size_t row_end,
                   std::size_t column_begin, std::size_t column_end) {
    for (std::size_t begin = column_begin, end = 0; begin < column_end; begin = end) {
        end = begin / block_columns * block_columns + block_columns;  // of the line
        if (end > column_end) end = column_end;
        // Of nearly equal height: a tile of one row would wait for its sums at every event.
        const std::size_t tiles = (row_end - row_begin + tile_rows - 1) / tile_rows;
        for (std::size_t t = 0; t < tiles; ++t) {
            const std::size_t row = row_begin + (row_end - row_begin) * t / tiles;
            const std::size_t next = row_begin + (row_end - row_begin) * (t + 1) / tiles;
            with_constant<tile_rows>(next - row, RowsOfBlock{product, row, begin, end});
        }
    }
}

}  // namespace lacathode::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
