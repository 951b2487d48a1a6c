// The MADE of one block of a flow on a tile of events (docs/method.md, section 3): a block of
// threads with all it needs in the shared memory of one multiprocessor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "libtorch/kernels/matrix_products.cuh"

namespace lacathode::kernels {

inline constexpr int tile = 128;               ///< events at a time; most hidden units
inline constexpr int groups = threads / tile;  ///< of threads with a unit or an event each
inline constexpr int stride = tile + 4;        ///< of a tile's rows, for different banks
inline constexpr int features_with_room = 6;   ///< with more the shared memory is too small

LACATHODE_DEVICE constexpr int whole_eights(int count) {
    return (count + 7) / 8 * 8;
}

/// f(std::integral_constant<int, D>()) for D = features, 1 to features_with_room.
template <int D = features_with_room, class F>
auto with_features(std::size_t features, const F& f) {
    if constexpr (D > 1) {
        if (features < D) return with_features<D - 1>(features, f);
    }
    return f(std::integral_constant<int, D>());
}

/// Of a hidden unit, as made_degrees has them.
template <int D>
LACATHODE_DEVICE constexpr int hidden_degree(int unit) {
    return D == 1 ? -1 : unit % (D > 1 ? D - 1 : 1);
}

/// Where a block's arrays begin among the trained values of a flow (maf_state_layout).
template <int D>
struct Offsets {
    LACATHODE_DEVICE explicit Offsets(int hidden)
        : input_bias(hidden * D),
          condition(input_bias + hidden),
          hidden_weight(condition + hidden),
          hidden_bias(hidden_weight + hidden * hidden),
          output_weight(hidden_bias + hidden),
          output_bias(output_weight + 2 * D * hidden),
          log_gamma(output_bias + 2 * D),
          beta(log_gamma + D),
          size(beta + D) {}
    int input_bias, condition, hidden_weight, hidden_bias, output_weight, output_bias, log_gamma,
        beta, size;
};

/// Where a MADE's weights and values are in shared memory. Behind the last unit, feature, input and
/// output all weights are zero.
template <int D>
struct MadeMemory {
    static constexpr int inputs = D + 2;  ///< features, mass, bias
    static constexpr int outputs = 2 * D;
    static constexpr int input_rows = whole_eights(inputs);
    static constexpr int output_rows = whole_eights(outputs);
    static constexpr int input_stride = input_rows + 4;  ///< the first of the four: hidden bias
    /// With sixteen rows there is no room for the four.
    static constexpr int output_stride = output_rows == 8 ? 12 : output_rows;

    /// [tile, stride] a layer's values or gradients: units, events; between tiles there is room for
    /// sums in both.
    static constexpr int upper = 0;
    static constexpr int lower = upper + tile * stride;
    /// [tile, stride] of the hidden layer, or its gradient
    static constexpr int weight = lower + tile * stride;
    /// [tile, input_stride] weights of the inputs
    static constexpr int input = weight + tile * stride;
    /// [tile, output_stride] weights of mu and alpha
    static constexpr int output = input + tile * input_stride;
    /// [input_rows, stride] features, mass, 1 of a tile's events
    static constexpr int in = output + tile * output_stride;
    /// [output_rows, stride] mu, alpha, or d loss / d of them
    static constexpr int out = in + input_rows * stride;
    static constexpr int shift = out + output_rows * stride;     ///< [2D] the output's bias
    static constexpr int norm = shift + whole_eights(outputs);   ///< [2D] log_gamma, beta
    static constexpr int floats = norm + whole_eights(outputs);  ///< all of it
};

LACATHODE_DEVICE float positive(float value) {
    return value > 0 ? value : (value <= 0 ? 0.0F : value);  // NaN stays NaN
}

template <int D, class Block>
class Made {
  public:
    using Memory = MadeMemory<D>;

    /// Zeros where nothing else is ever written; sync() before anything is.
    LACATHODE_DEVICE Made(const Block& block, int hidden)
        : block_(block),
          t_(block.thread()),
          lane_(t_),
          line_(lane_.warp / 4 * 32),
          column_(lane_.warp % 4 * 32),
          part_(lane_.warp % warps_of_part * 16),
          half_(lane_.warp / warps_of_part),
          hidden_(hidden),
          offsets_(hidden) {
        for (int i = t_; i < tile * stride; i += threads) weight()[i] = 0;
        for (int i = t_; i < tile * Memory::input_stride; i += threads) input()[i] = 0;
        for (int i = t_; i < tile * Memory::output_stride; i += threads) output()[i] = 0;
        for (int i = t_; i < Memory::input_rows * stride; i += threads)
            in()[i] = i / stride == D + 1 ? 1.0F : 0.0F;
        for (int i = t_; i < Memory::output_rows * stride; i += threads) out()[i] = 0;
    }

    LACATHODE_DEVICE float* upper() const { return block_.shared() + Memory::upper; }
    LACATHODE_DEVICE float* lower() const { return block_.shared() + Memory::lower; }
    LACATHODE_DEVICE float* weight() const { return block_.shared() + Memory::weight; }
    LACATHODE_DEVICE float* input() const { return block_.shared() + Memory::input; }
    LACATHODE_DEVICE float* output() const { return block_.shared() + Memory::output; }
    LACATHODE_DEVICE float* in() const { return block_.shared() + Memory::in; }
    LACATHODE_DEVICE float* out() const { return block_.shared() + Memory::out; }
    LACATHODE_DEVICE float* shift() const { return block_.shared() + Memory::shift; }
    LACATHODE_DEVICE float* norm() const { return block_.shared() + Memory::norm; }
    LACATHODE_DEVICE int thread() const { return t_; }
    LACATHODE_DEVICE const Offsets<D>& offsets() const { return offsets_; }
    LACATHODE_DEVICE const Lane& lane() const { return lane_; }
    LACATHODE_DEVICE int hidden() const { return hidden_; }
    /// Of a tile [units, events] each warp has 32 x 32; the first unit and event of this one.
    LACATHODE_DEVICE int line() const { return line_; }
    LACATHODE_DEVICE int column() const { return column_; }
    /// Of a product that is only eight or sixteen wide each warp has 16 lines, and half of the sum.
    LACATHODE_DEVICE int part() const { return part_; }
    LACATHODE_DEVICE int half() const { return half_; }

    /// Begins to load the hidden layer's weight of a block with the trained values p.
    LACATHODE_DEVICE void load_weight(const float* p) {
        const float* from = p + offsets_.hidden_weight;
        const int in = 4 * (t_ % 32);
        LACATHODE_UNROLL
        for (int i = 0; i < tile / warps; ++i) {
            const int out = lane_.warp + i * warps;
            if (in < hidden_ && out < hidden_)
                copy_four_later(weight() + out * stride + in, from + out * hidden_ + in);
        }
        whole_warp();
    }

    /// The other arrays.
    LACATHODE_DEVICE void load_arrays(const float* p) {
        const int u = t_ % tile;
        const int group = t_ / tile;
        if (u < hidden_) {
            float* of_inputs = input() + u * Memory::input_stride;
            float* of_outputs = output() + u * Memory::output_stride;
            if (group == 0) {
                LACATHODE_UNROLL
                for (int d = 0; d < D; ++d) of_inputs[d] = p[u * D + d];
            }
            if (group == 1) {
                of_inputs[D] = p[offsets_.condition + u];
                of_inputs[D + 1] = p[offsets_.input_bias + u];
                of_inputs[Memory::input_rows] = p[offsets_.hidden_bias + u];
            }
            if (group >= 2) {
                LACATHODE_UNROLL
                for (int d = 0; d < D; ++d) {
                    const int j = (group - 2) * D + d;
                    of_outputs[j] = p[offsets_.output_weight + j * hidden_ + u];
                }
            }
        }
        if (t_ < Memory::outputs) {
            shift()[t_] = p[offsets_.output_bias + t_];
            norm()[t_] = p[offsets_.log_gamma + t_];  // and beta behind it
        }
    }

    /// result = relu(W in + bias); `in` is there for all.
    LACATHODE_DEVICE void first_layer(float* result) {
        float sum[2][4][4];
        set_zero(sum);
        const float* w = input() + line_ * Memory::input_stride;
        const float* x = in() + column_;
        add_product<Terms::neighbours>(
            lane_, 0, Memory::input_rows,
            [w](int i, int q) { return w[i * Memory::input_stride + q]; },
            [x](int q, int r) { return x[q * stride + r]; }, sum);
        put(sum, result, [](float value, int, int) { return positive(value); });
    }

    /// lower = relu(W upper + bias); and to `kept`, rows of `kept_stride`, if any.
    LACATHODE_DEVICE void second_layer(float* kept, int kept_stride) {
        float sum[2][4][4];
        LACATHODE_UNROLL
        for (int m = 0; m < 2; ++m) {
            LACATHODE_UNROLL
            for (int n = 0; n < 4; ++n) {
                LACATHODE_UNROLL
                for (int q = 0; q < 4; ++q) {
                    const int place = line_ + 16 * m + lane_.row(q);
                    sum[m][n][q] = input()[place * Memory::input_stride + Memory::input_rows];
                }
            }
        }
        const float* w = weight() + line_ * stride;
        const float* x = upper() + column_;
        add_product<Terms::far_apart>(
            lane_, 0, whole_eights(hidden_), [w](int i, int k) { return w[i * stride + k]; },
            [x](int k, int r) { return x[k * stride + r]; }, sum);
        put(sum, lower(), [&](float value, int place, int r) {
            const float h = positive(value);
            if (kept != nullptr) kept[place * kept_stride + r] = h;
            return h;
        });
    }

    /// mu and alpha of `lower`, their two halves without the bias: in `out` and, as there, at the
    /// beginning of `upper`.
    LACATHODE_DEVICE void output_layer() {
        float sum[1][Memory::output_rows / 8][4];
        set_zero(sum);
        const float* h = lower() + part_;
        const float* w = output();
        add_product<Terms::neighbours>(
            lane_, half_ * tile / 2, (half_ + 1) * tile / 2,
            [h](int r, int k) { return h[k * stride + r]; },
            [w](int k, int j) { return w[k * Memory::output_stride + j]; }, sum);
        put_transposed(sum, half_ == 0 ? out() : upper());
    }
    /// Of event r of the tile, behind output_layer() and sync().
    LACATHODE_DEVICE float mu(int d, int r) const { return of_output(d, r); }
    LACATHODE_DEVICE float alpha(int d, int r) const { return of_output(D + d, r); }

    /// target[place][r] = f(sum, place, r) for this thread's part of a tile.
    template <class F>
    LACATHODE_DEVICE void put(const float (&sum)[2][4][4], float* target, const F& f) const {
        LACATHODE_UNROLL
        for (int m = 0; m < 2; ++m) {
            LACATHODE_UNROLL
            for (int n = 0; n < 4; ++n) {
                LACATHODE_UNROLL
                for (int q = 0; q < 4; ++q) {
                    const int place = line_ + 16 * m + lane_.row(q);
                    const int r = column_ + 8 * n + lane_.column(q);
                    target[place * stride + r] = f(sum[m][n][q], place, r);
                }
            }
        }
    }
    /// target[column][part + row] of a narrow product.
    template <int N>
    LACATHODE_DEVICE void put_transposed(const float (&sum)[1][N][4], float* target) const {
        LACATHODE_UNROLL
        for (int n = 0; n < N; ++n) {
            LACATHODE_UNROLL
            for (int q = 0; q < 4; ++q)
                target[(8 * n + lane_.column(q)) * stride + part_ + lane_.row(q)] = sum[0][n][q];
        }
    }

  private:
    static constexpr int warps_of_part = tile / 16;
    static_assert(warps == 16 && warps == 2 * warps_of_part);

    LACATHODE_DEVICE float of_output(int j, int r) const {
        return out()[j * stride + r] + upper()[j * stride + r] + shift()[j];
    }

    Block block_;
    int t_;
    Lane lane_;
    int line_, column_, part_, half_;
    int hidden_;
    Offsets<D> offsets_;
};

}  // namespace lacathode::kernels
