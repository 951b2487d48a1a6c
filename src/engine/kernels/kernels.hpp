// The table of kernels: one for every instruction set, all with the same meaning. The equations are
// numbered in docs/engine.md, which also says how arrays over events lie in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/kernels/made_shape.hpp"
#include "engine/kernels/rows.hpp"

namespace lacathode::engine {

/// One panel of one MADE, forward (1)-(5) or inverse (28).
struct MadePanel {
    Rows<float> inputs;  ///< [2 + D, panel] in the block's order; the inverse writes the features
    float* hidden1;      ///< [1 + H, panel], row 0 all ones
    float* hidden2;      ///< [1 + H, panel], row 0 all ones
    float* u;            ///< [D, panel] (4)
    float* scale;        ///< [D, panel] exp(-alpha), written by the forward pass only
    float* log_det;      ///< [panel] -sum alpha is added (5), by the inverse + sum alpha

    [[nodiscard]] Rows<float> features() const { return inputs.from(feature_row(0)); }
};

/// The gradients of the loss that flow back through one panel of one MADE, (13) to (17).
struct MadeGradientPanel {
    const float* outputs;  ///< [2D, panel] of mu_0, alpha_0, mu_1, ...
    float* hidden2;        ///< [1 + H, panel] before the ReLU, row 0 unused
    float* hidden1;        ///< [1 + H, panel] before the ReLU, row 0 unused
    Rows<float> features;  ///< [D, panel] of x; the part through the network is added
};

/// y = (x - center) scale + shift, all [D].
struct Affine {
    const float* center;
    const float* scale;
    const float* shift;
};

/// Constants of one batch norm's backward pass (12), all [D].
struct BatchNormGradient {
    const float* mean;            ///< of u
    const float* inverse_std;     ///< 1 / sqrt(var)
    const float* scale;           ///< gamma / sqrt(var)
    const float* mean_gradient;   ///< G / N
    const float* mean_projected;  ///< P / N
    float inverse_events;         ///< 1 / N
    float mean_share;             ///< W / N, W the mean weight
};

/// One Adam step (20); step_size = lr / (1 - beta1^t), root_correction = 1 / sqrt(1 - beta2^t).
struct AdamStep {
    float step_size;
    float root_correction;
    float beta1;
    float rest1;  ///< 1 - beta1
    float beta2;
    float rest2;  ///< 1 - beta2
    float epsilon;
    float weight_decay;
};

/// What Adam updates, all of one layout.
struct AdamArrays {
    float* parameters;
    float* first_moment;
    float* second_moment;
};

/// The gradient of a weight matrix (18), sum over events of left row times right row, and the Adam
/// step with it. Padded events must be zero in one of the two.
struct OuterProduct {
    Panels left;           ///< row r belongs to the matrix' row r; rows.step = panel
    Panels right;          ///< row c belongs to its column c
    std::size_t stride;    ///< from row to row of the matrix, whole lines of floats
    const AdamStep* adam;  ///< null: the gradient is wanted and nothing changes
    AdamArrays arrays;     ///< with `adam`: of the matrix; each begins a line of 64 bytes
    float* gradient;       ///< without: of the matrix, written
};

struct EngineKernels {
    std::size_t panel;  ///< events

    /// (1) to (5)
    void (*made_forward)(const MadeShape&, const MadeMatrices&, const MadePanel&);
    /// (28), feature by feature
    void (*made_inverse)(const MadeShape&, const MadeMatrices&, const MadePanel&);
    /// (15) to (17)
    void (*made_backward)(const MadeShape&, const MadeMatrices&, const MadePanel&,
                          const MadeGradientPanel&);

    /// out = affine(in), `features` rows of one panel: (7) and (27).
    void (*affine)(std::size_t features, const Affine&, Rows<const float> in, Rows<float> out);
    /// Mean and biased variance (6), without epsilon, of every row over the first `events` events.
    void (*moments)(std::size_t features, std::size_t events, const Panels& u, double* mean,
                    double* variance);
    /// sum dy and sum dy (u - mean) of every row, for (11); dy is zero for padded events.
    void (*gradient_sums)(std::size_t features, const Panels& dy, const Panels& u,
                          const float* mean, double* sum, double* projected);
    /// From dL/dy to dL/d(mu, alpha) [2D, panel] and the direct part of dL/dx, (12) to (14); zero
    /// beyond the first `events` events. `made` holds u and scale; weight [panel].
    void (*batch_norm_backward)(std::size_t features, std::size_t events, const BatchNormGradient&,
                                const MadePanel& made, const float* weight, Rows<const float> dy,
                                float* outputs, Rows<float> dx);

    /// Columns [column_begin, column_end) of rows [row_begin, row_end). Adam also sees the rest of
    /// the lines at both ends, with a gradient of 0: padding and masked weights stay 0 so.
    void (*outer_product)(const OuterProduct&, std::size_t row_begin, std::size_t row_end,
                          std::size_t column_begin, std::size_t column_end);
    /// `count` parameters, rounded up to whole vectors: the padding is zero and stays zero.
    void (*adam)(const AdamStep&, const AdamArrays&, const float* gradient, std::size_t count);

    /// out[r] = relu(sum_c w[r, c] in[c]) for rows [0, rows) of w [rows, stride] and `columns`
    /// rows of `in`, of which row 0 is all ones: (21).
    void (*dense_relu)(const float* weights, std::size_t stride, std::size_t rows,
                       std::size_t columns, const float* in, float* out);
    /// The same for one row, without the ReLU.
    void (*dense_row)(const float* weights, std::size_t columns, const float* in, float* out);
    /// din[k] = [h[k] > 0] sum_r w[r, 1 + k] dout[r] for k in [0, inputs): (24).
    void (*dense_backward)(const float* weights, std::size_t stride, std::size_t rows,
                           std::size_t inputs, const float* dout, const float* h, float* din);
};

/// The kernels compiled for one of Highway's targets, which this machine must run.
const EngineKernels& kernels_for_target(std::int64_t target);

/// The kernels of the instruction set of that name, as in engine_instruction_sets(); empty: of the
/// best. Throws UsageError that lists the choices if it is not one of them.
const EngineKernels& kernels_for(const std::string& instruction_set);

}  // namespace lacathode::engine
