// What is done with a tile of the matrix product: the operations of dense layers.
#if defined(LACATHODE_ENGINE_TILE_OPS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef LACATHODE_ENGINE_TILE_OPS_INL
#undef LACATHODE_ENGINE_TILE_OPS_INL
#else
#define LACATHODE_ENGINE_TILE_OPS_INL
#endif

#include "engine/kernels/cache_line.hpp"
#include "engine/kernels/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lacathode::engine::HWY_NAMESPACE {

/// Asks for the lines of `kRows` rows of a panel, which a training step last touched long ago.
template <int kRows, int kForWriting>
HWY_INLINE void prefetch(const float* row) {
    HWY_UNROLL(24)
    for (std::size_t i = 0; i < kRows * panel; i += floats_per_line)
        __builtin_prefetch(row + i, kForWriting, 3);
}

/// out[r] = relu(sum_k weights(r, k) in[k]), in[0] all ones.
struct DenseRelu {
    RowMajor weights;
    Rows<const float> in;
    std::size_t steps;  ///< columns of `weights`, rows of `in`
    float* out;

    template <int kRows>
    HWY_NOINLINE void run(std::size_t first) const {
        const RowMajor w = weights.from_row(first);
        prefetch<kRows, 1>(row_at(out, first));
        Tile<kRows> tile;
        HWY_UNROLL(12)
        for (std::size_t r = 0; r < kRows; ++r) {
            tile.row[r].low = tile.row[r].high = broadcast(w.at(r, bias_row));
        }
        constexpr std::size_t rest = bias_row + 1;
        multiply_add<kRows>(RowMajor{w.first + rest, w.stride}, in.from(rest), steps - rest, tile);
        const Vector zero = hn::Zero(tag);
        HWY_UNROLL(12)
        for (std::size_t r = 0; r < kRows; ++r) {
            // A NaN is no less than 0 and stays one; Max of some targets would lose it.
            const auto relu = [&](Vector x) { return hn::IfThenZeroElse(hn::Lt(x, zero), x); };
            store_row({relu(tile.row[r].low), relu(tile.row[r].high)}, row_at(out, first + r));
        }
    }
};

/// out[r] = [activation[r] > 0] sum_k weights(r, k) in[k].
template <class Weights>
struct ReluBackward {
    Weights weights;
    Rows<const float> in;
    std::size_t steps;
    const float* activation;
    float* out;

    template <int kRows>
    HWY_NOINLINE void run(std::size_t first) const {
        prefetch<kRows, 0>(row_at(activation, first));
        Tile<kRows> tile;
        HWY_UNROLL(12)
        for (std::size_t r = 0; r < kRows; ++r) {
            tile.row[r].low = tile.row[r].high = hn::Zero(tag);
        }
        multiply_add<kRows>(weights.from_row(first), in, steps, tile);
        const Vector zero = hn::Zero(tag);
        HWY_UNROLL(12)
        for (std::size_t r = 0; r < kRows; ++r) {
            const PanelRow h = load_row(row_at(activation, first + r));
            store_row({hn::IfThenElseZero(hn::Gt(h.low, zero), tile.row[r].low),
                       hn::IfThenElseZero(hn::Gt(h.high, zero), tile.row[r].high)},
                      row_at(out, first + r));
        }
    }
};

/// out[r] += sum_k weights(r, k) in[k].
struct AddProduct {
    ColumnMajor weights;
    Rows<const float> in;
    std::size_t steps;
    Rows<float> out;

    template <int kRows>
    HWY_NOINLINE void run(std::size_t first) const {
        Tile<kRows> tile;
        HWY_UNROLL(12)
        for (std::size_t r = 0; r < kRows; ++r) tile.row[r] = load_row(out.row(first + r));
        multiply_add<kRows>(weights.from_row(first), in, steps, tile);
        HWY_UNROLL(12)
        for (std::size_t r = 0; r < kRows; ++r) store_row(tile.row[r], out.row(first + r));
    }
};

}  // namespace lacathode::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
