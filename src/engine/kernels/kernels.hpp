// The table of kernels: one for every instruction set, all with the same meaning.
//
// Events are processed in panels of `panel` events (two vectors). An array over events is stored
// panel by panel, [panels, rows, panel]: all rows of one panel are contiguous, so that a panel's
// activations stay in the level-1 cache from layer to layer.
#pragma once

#include <cstddef>

#include "engine/kernels/made_shape.hpp"

namespace lacathode::detail {

/// Rows of a panel that are walked with a stride, so that reversed features need no copy.
template <class Float>
struct Rows {
    Float* first;         ///< the row with logical index 0
    std::ptrdiff_t step;  ///< from one logical row to the next, in floats; may be negative

    [[nodiscard]] Float* row(std::size_t index) const {
        return first + static_cast<std::ptrdiff_t>(index) * step;
    }
    [[nodiscard]] Rows from(std::size_t index) const { return {row(index), step}; }
};

/// One panel of one MADE, forward or inverse. Logical rows of `inputs`: one, mass, x_0 ... x_{D-1}.
struct MadePanel {
    Rows<float> inputs;  ///< [2 + D, panel]; the inverse writes the features
    float* hidden1;      ///< [1 + H, panel], row 0 all ones
    float* hidden2;      ///< [1 + H, panel], row 0 all ones
    float* u;            ///< [D, panel] (x - mu) exp(-alpha)
    float* scale;        ///< [D, panel] exp(-alpha), written by the forward pass only
    float* log_det;      ///< [panel] -sum alpha is added (the inverse: + sum alpha)
};

/// The gradients that flow back through one panel of one MADE.
struct MadeGradientPanel {
    const float* outputs;  ///< [2D, panel] gradient of mu_0, alpha_0, mu_1, ...
    float* hidden2;        ///< [1 + H, panel], row 0 unused
    float* hidden1;        ///< [1 + H, panel], row 0 unused
    Rows<float> features;  ///< [D, panel] the gradient of x is added
};

/// An array over events, its panels `panel_stride` floats apart.
struct Panels {
    Rows<const float> rows;    ///< of the first panel
    std::size_t panel_stride;  ///< floats
    std::size_t count;         ///< panels
};

/// y = (x - center) scale + shift, all [D].
struct Affine {
    const float* center;
    const float* scale;
    const float* shift;
};

/// Constants of one batch norm's backward pass, all [D].
struct BatchNormGradient {
    const float* mean;            ///< of u
    const float* inverse_std;     ///< 1 / sqrt(var)
    const float* scale;           ///< gamma / sqrt(var)
    const float* mean_gradient;   ///< mean of dL/dy
    const float* mean_projected;  ///< mean of dL/dy (u - mean) / sqrt(var)
    float inverse_events;         ///< 1 / N
};

/// One Adam step; step_size = lr / (1 - beta1^t), root_correction = 1 / sqrt(1 - beta2^t).
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

/// The gradient of a weight matrix, sum over events of left row times right row, and the Adam step
/// with it. Padded events must be zero in one of the two.
struct OuterProduct {
    Panels left;           ///< row r belongs to the matrix' row r; rows.step = panel
    Panels right;          ///< row c belongs to its column c
    std::size_t stride;    ///< from row to row of the matrix, a multiple of 16 floats
    const AdamStep* adam;  ///< null: the gradient is wanted and nothing changes
    AdamArrays arrays;     ///< with `adam`: of the matrix; each begins a line of 64 bytes
    float* gradient;       ///< without: of the matrix, written
};

struct EngineKernels {
    std::size_t panel;  ///< events

    void (*made_forward)(const MadeShape&, const MadeMatrices<const float>&, const MadePanel&);
    void (*made_inverse)(const MadeShape&, const MadeMatrices<const float>&, const MadePanel&);
    void (*made_backward)(const MadeShape&, const MadeMatrices<const float>&, const MadePanel&,
                          const MadeGradientPanel&);

    /// out = affine(in), `features` rows of one panel.
    void (*affine)(std::size_t features, const Affine&, Rows<const float> in, Rows<float> out);
    /// Mean and biased variance (two passes) of every row over the first `events` events.
    void (*moments)(std::size_t features, std::size_t events, const Panels& u, double* mean,
                    double* variance);
    /// sum dy and sum dy (u - mean) of every row; dy is zero for padded events.
    void (*gradient_sums)(std::size_t features, const Panels& dy, const Panels& u,
                          const float* mean, double* sum, double* projected);
    /// From dL/dy to dL/d(mu, alpha) [2D, panel] and the direct part of dL/dx, loss = mean of
    /// -log p; zero beyond the first `events` events. `made` holds u and scale.
    void (*batch_norm_backward)(std::size_t features, std::size_t events, const BatchNormGradient&,
                                const MadePanel& made, Rows<const float> dy, float* outputs,
                                Rows<float> dx);

    /// Columns [column_begin, column_end) of rows [row_begin, row_end). Adam also sees the rest of
    /// the lines at both ends, with a gradient of 0: padding and masked weights stay 0 so.
    void (*outer_product)(const OuterProduct&, std::size_t row_begin, std::size_t row_end,
                          std::size_t column_begin, std::size_t column_end);
    /// `count` parameters, rounded up to whole vectors: the padding is zero and stays zero.
    void (*adam)(const AdamStep&, const AdamArrays&, const float* gradient, std::size_t count);

    /// out[r] = relu(sum_k w[r, k] in[k]) for rows [0, rows), w [rows, stride], in row 0 all ones.
    void (*dense_relu)(const float* weights, std::size_t stride, std::size_t rows,
                       std::size_t inputs, const float* in, float* out);
    /// The same for one row, without the ReLU.
    void (*dense_row)(const float* weights, std::size_t inputs, const float* in, float* out);
    /// din[k] = [h[k] > 0] sum_r w[r, 1 + k] dout[r] for k in [0, inputs).
    void (*dense_backward)(const float* weights, std::size_t stride, std::size_t rows,
                           std::size_t inputs, const float* dout, const float* h, float* din);
};

/// The kernels of the instruction set in use.
const EngineKernels& engine_kernels();

}  // namespace lacathode::detail
