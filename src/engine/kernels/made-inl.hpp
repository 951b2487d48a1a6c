// One MADE on one panel of events: forward, inverse, and the gradient of its inputs. Numbers in
// parentheses are equations of docs/engine.md.
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
namespace lacathode::engine::HWY_NAMESPACE {

/// Both hidden layers, (1) and (2), of the units that see exactly `feature` features.
HWY_INLINE void hidden_units(const MadeShape& shape, const MadeMatrices& weights,
                             const MadePanel& made, std::size_t feature) {
    const std::size_t begin = shape.first_unit(feature);
    const std::size_t end = shape.end_unit(feature);
    for_tiles(begin, end,
              DenseRelu{.weights = {weights.input, shape.input_stride},
                        .in = made.inputs,
                        .steps = feature_row(feature),
                        .out = row_at(made.hidden1, unit_row(0))});
    for_tiles(begin, end,
              DenseRelu{.weights = {weights.hidden, shape.hidden_stride},
                        .in = {made.hidden1, panel},
                        .steps = unit_row(end),
                        .out = row_at(made.hidden2, unit_row(0))});
}

struct MuAlpha {
    PanelRow mu;
    PanelRow alpha;
};

/// (3) for one feature: mu and alpha are neighbours in every row of the output matrix.
HWY_INLINE MuAlpha outputs_of(const MadeShape& shape, const MadeMatrices& weights,
                              const MadePanel& made, std::size_t feature) {
    const float* bias = weights.output + shape.output_at(bias_row, mu_row(feature));
    const float* units = weights.output + shape.output_at(unit_row(0), mu_row(feature));
    Tile<2> tile;
    tile.row[0] = {broadcast(bias[0]), broadcast(bias[0])};
    tile.row[1] = {broadcast(bias[1]), broadcast(bias[1])};
    multiply_add<2>(ColumnMajor{units, shape.output_stride},
                    Rows<const float>{row_at(made.hidden2, unit_row(0)), panel},
                    shape.end_unit(feature), tile);
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

/// Feature by feature: the units that see i features, then (4) and (5) of feature i.
void made_forward(const MadeShape& shape, const MadeMatrices& weights, const MadePanel& made) {
    for (std::size_t i = 0; i < shape.features; ++i) {
        hidden_units(shape, weights, made, i);
        const MuAlpha out = outputs_of(shape, weights, made, i);
        const PanelRow zero = {hn::Zero(tag), hn::Zero(tag)};
        const PanelRow scale = exponential(subtract(zero, out.alpha));
        const PanelRow x = load_row(made.features().row(i));
        store_row(multiply(subtract(x, out.mu), scale), row_at(made.u, i));
        store_row(scale, row_at(made.scale, i));
        store_row(subtract(load_row(made.log_det), out.alpha), made.log_det);
    }
}

/// The same walk with (28): what feature i needs of the features before it is known by then.
void made_inverse(const MadeShape& shape, const MadeMatrices& weights, const MadePanel& made) {
    for (std::size_t i = 0; i < shape.features; ++i) {
        hidden_units(shape, weights, made, i);
        const MuAlpha out = outputs_of(shape, weights, made, i);
        const PanelRow u = load_row(row_at(made.u, i));
        store_row(add(multiply(u, exponential(out.alpha)), out.mu), made.features().row(i));
        store_row(add(load_row(made.log_det), out.alpha), made.log_det);
    }
}

/// Every group of units has its own prefix of the masks, here as in the forward pass.
void made_backward(const MadeShape& shape, const MadeMatrices& weights, const MadePanel& made,
                   const MadeGradientPanel& gradient) {
    const std::size_t d = shape.features;
    // (15): units that see i features act on mu and alpha of the features from i on.
    for (std::size_t i = 0; i < d; ++i) {
        const float* outputs = weights.output + shape.output_at(unit_row(0), mu_row(i));
        for_tiles(shape.first_unit(i), shape.end_unit(i),
                  ReluBackward<RowMajor>{.weights = {outputs, shape.output_stride},
                                         .in = {row_at(gradient.outputs, mu_row(i)), panel},
                                         .steps = mu_row(d) - mu_row(i),
                                         .activation = row_at(made.hidden2, unit_row(0)),
                                         .out = row_at(gradient.hidden2, unit_row(0))});
    }
    // (16): they act on the units that see as many features or more.
    for (std::size_t i = 0; i < d; ++i) {
        const std::size_t begin = shape.first_unit(i);
        const float* units = weights.hidden + shape.hidden_at(begin, unit_row(0));
        for_tiles(
            begin, shape.end_unit(i),
            ReluBackward<ColumnMajor>{.weights = {units, shape.hidden_stride},
                                      .in = {row_at(gradient.hidden2, unit_row(begin)), panel},
                                      .steps = shape.hidden - begin,
                                      .activation = row_at(made.hidden1, unit_row(0)),
                                      .out = row_at(gradient.hidden1, unit_row(0))});
    }
    // (17): the features before i act on them.
    for (std::size_t i = 1; i < d; ++i) {
        const std::size_t begin = shape.first_unit(i);
        const float* features = weights.input + shape.input_at(begin, feature_row(0));
        for_tiles(0, i,
                  AddProduct{.weights = {features, shape.input_stride},
                             .in = {row_at(gradient.hidden1, unit_row(begin)), panel},
                             .steps = shape.end_unit(i) - begin,
                             .out = gradient.features});
    }
}

}  // namespace lacathode::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
