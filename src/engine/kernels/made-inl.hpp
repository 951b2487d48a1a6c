// One MADE on one panel of events: forward, inverse, and the gradient of its inputs.
#if defined(LACATHODE_ENGINE_MADE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef LACATHODE_ENGINE_MADE_INL
#undef LACATHODE_ENGINE_MADE_INL
#else
#define LACATHODE_ENGINE_MADE_INL
#endif

#include "engine/kernels/exponential-inl.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/kernels/tile_ops-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lacathode::detail::HWY_NAMESPACE {

HWY_INLINE Rows<const float> read_only(const Rows<float>& rows) {
    return {rows.first, rows.step};
}

/// Both hidden layers of the units that see exactly `feature` features.
HWY_INLINE void hidden_units(const MadeShape& shape, const MadeMatrices<const float>& weights,
                             const MadePanel& made, std::size_t feature) {
    const std::size_t begin = feature == 0 ? 0 : shape.reach[feature - 1];
    const std::size_t end = shape.reach[feature];
    for_tiles(begin, end,
              DenseRelu{.weights = {weights.input, shape.input_stride},
                        .in = read_only(made.inputs),
                        .steps = 2 + feature,
                        .out = made.hidden1 + panel});
    for_tiles(begin, end,
              DenseRelu{.weights = {weights.hidden, shape.hidden_stride},
                        .in = {made.hidden1, panel},
                        .steps = 1 + end,
                        .out = made.hidden2 + panel});
}

struct MuAlpha {
    PanelRow mu;
    PanelRow alpha;
};

HWY_INLINE MuAlpha outputs_of(const MadeShape& shape, const MadeMatrices<const float>& weights,
                              const MadePanel& made, std::size_t feature) {
    const float* bias = weights.output + 2 * feature;
    Tile<2> tile;
    tile.row[0] = {broadcast(bias[0]), broadcast(bias[0])};
    tile.row[1] = {broadcast(bias[1]), broadcast(bias[1])};
    multiply_add<2>(ColumnMajor{bias + shape.output_stride, shape.output_stride},
                    Rows<const float>{made.hidden2 + panel, panel}, shape.reach[feature], tile);
    return {tile.row[0], tile.row[1]};
}

HWY_INLINE PanelRow subtract(const PanelRow& a, const PanelRow& b) {
    return {hn::Sub(a.low, b.low), hn::Sub(a.high, b.high)};
}
HWY_INLINE PanelRow add(const PanelRow& a, const PanelRow& b) {
    return {hn::Add(a.low, b.low), hn::Add(a.high, b.high)};
}
HWY_INLINE PanelRow multiply(const PanelRow& a, const PanelRow& b) {
    return {hn::Mul(a.low, b.low), hn::Mul(a.high, b.high)};
}

void made_forward(const MadeShape& shape, const MadeMatrices<const float>& weights,
                  const MadePanel& made) {
    for (std::size_t i = 0; i < shape.features; ++i) {
        hidden_units(shape, weights, made, i);
        const MuAlpha out = outputs_of(shape, weights, made, i);
        const PanelRow zero = {hn::Zero(tag), hn::Zero(tag)};
        const PanelRow scale = exponential(subtract(zero, out.alpha));
        const PanelRow x = load_row(made.inputs.row(2 + i));
        store_row(multiply(subtract(x, out.mu), scale), made.u + i * panel);
        store_row(scale, made.scale + i * panel);
        store_row(subtract(load_row(made.log_det), out.alpha), made.log_det);
    }
}

void made_inverse(const MadeShape& shape, const MadeMatrices<const float>& weights,
                  const MadePanel& made) {
    for (std::size_t i = 0; i < shape.features; ++i) {
        hidden_units(shape, weights, made, i);
        const MuAlpha out = outputs_of(shape, weights, made, i);
        const PanelRow u = load_row(made.u + i * panel);
        store_row(add(multiply(u, exponential(out.alpha)), out.mu), made.inputs.row(2 + i));
        store_row(add(load_row(made.log_det), out.alpha), made.log_det);
    }
}

void made_backward(const MadeShape& shape, const MadeMatrices<const float>& weights,
                   const MadePanel& made, const MadeGradientPanel& gradient) {
    const std::size_t hidden = shape.hidden;
    for (std::size_t i = 0; i < shape.features; ++i) {
        const std::size_t begin = i == 0 ? 0 : shape.reach[i - 1];
        for_tiles(begin, shape.reach[i],
                  ReluBackward<RowMajor>{.weights = {weights.output + shape.output_stride + 2 * i,
                                                     shape.output_stride},
                                         .in = {gradient.outputs + 2 * i * panel, panel},
                                         .steps = 2 * (shape.features - i),
                                         .activation = made.hidden2 + panel,
                                         .out = gradient.hidden2 + panel});
    }
    for (std::size_t i = 0; i < shape.features; ++i) {
        const std::size_t begin = i == 0 ? 0 : shape.reach[i - 1];
        for_tiles(
            begin, shape.reach[i],
            ReluBackward<ColumnMajor>{
                .weights = {weights.hidden + begin * shape.hidden_stride + 1, shape.hidden_stride},
                .in = {gradient.hidden2 + (1 + begin) * panel, panel},
                .steps = hidden - begin,
                .activation = made.hidden1 + panel,
                .out = gradient.hidden1 + panel});
    }
    for (std::size_t i = 1; i < shape.features; ++i) {
        const std::size_t begin = shape.reach[i - 1];
        for_tiles(0, i,
                  AddProduct{.weights = {weights.input + begin * shape.input_stride + 2,
                                         shape.input_stride},
                             .in = {gradient.hidden1 + (1 + begin) * panel, panel},
                             .steps = shape.reach[i] - begin,
                             .out = gradient.features});
    }
}

}  // namespace lacathode::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
