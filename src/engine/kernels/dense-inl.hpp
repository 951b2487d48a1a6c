// Dense layers without masks, for the MLP: (21) and (24) of docs/engine.md.
#if defined(LACATHODE_ENGINE_DENSE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef LACATHODE_ENGINE_DENSE_INL
#undef LACATHODE_ENGINE_DENSE_INL
#else
#define LACATHODE_ENGINE_DENSE_INL
#endif

#include "engine/kernels/kernels.hpp"
#include "engine/kernels/tile_ops-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lacathode::engine::HWY_NAMESPACE {

void dense_relu(const float* weights, std::size_t stride, std::size_t rows, std::size_t columns,
                const float* in, float* out) {
    for_tiles(
        0, rows,
        DenseRelu{.weights = {weights, stride}, .in = {in, panel}, .steps = columns, .out = out});
}

void dense_row(const float* weights, std::size_t columns, const float* in, float* out) {
    Tile<1> tile;
    tile.row[0] = {hn::Zero(tag), hn::Zero(tag)};
    multiply_add<1>(RowMajor{weights, 0}, Rows<const float>{in, panel}, columns, tile);
    store_row(tile.row[0], out);
}

void dense_backward(const float* weights, std::size_t stride, std::size_t rows, std::size_t inputs,
                    const float* dout, const float* h, float* din) {
    for_tiles(0, inputs,
              ReluBackward<ColumnMajor>{.weights = {weights + unit_row(0), stride},
                                        .in = {dout, panel},
                                        .steps = rows,
                                        .activation = h,
                                        .out = din});
}

}  // namespace lacathode::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
