// The gradients of a step, block after block, the last one first (docs/method.md, section 3).
#pragma once

#include <cmath>

#include "libtorch/kernels/maf_step_forward.cuh"

namespace lacathode::kernels {

template <int D, class Block>
class MafStepBackward : protected MafStepForward<D, Block> {
  protected:
    using Base = MafStepForward<D, Block>;
    using Base::all_shares_;
    using Base::Base;
    using Base::block_;
    using Base::count_;
    using Base::is_event;
    using Base::kept;
    using Base::made_;
    using Base::mass_;
    using Base::outputs;
    using Base::s_;
    using Base::share_;
    using Base::statistics;
    using Base::sum_over_events;
    using Base::sums;
    using Base::t_;
    using Base::values;
    using Base::x;
    using Memory = MadeMemory<D>;

    /// d loss / dx of block k in x, from that of the block behind. The gradients of its arrays: the
    /// hidden layer's weight has that one's place, `norm` those of log_gamma and beta, and of the
    /// others there are sums over parts of the events.
    LACATHODE_DEVICE void backward(int k) {
        made_.load_weight(values(s_.value, k));
        made_.load_arrays(values(s_.value, k));
        block_.sync();
        normalise_backward(k);
        Gradients g{};
        for (int begin = 0; begin < s_.rows; begin += tile) {
            load_tile(k, begin);
            output_gradient(g);
            block_.sync();
            through_output();
            block_.sync();
            hidden_gradient(g);
            through_hidden();
            input_gradient(g);
            through_input(k, begin);
        }
        block_.sync();
        gather(g);
    }

    LACATHODE_DEVICE float* output_sums(int half) const {
        return made_.upper() + half * tile * Memory::output_stride;
    }
    LACATHODE_DEVICE float* input_sums(int half) const {
        return made_.lower() + half * tile * Memory::input_stride;
    }
    LACATHODE_DEVICE float* bias_sums(int group) const {
        return made_.upper() + 2 * tile * Memory::output_stride + group * tile;
    }
    LACATHODE_DEVICE float* shift_sums(int j) const {
        return made_.lower() + 2 * tile * Memory::input_stride + j * 16;
    }

  private:
    /// d loss / du in the place of d loss / dx of the block behind, and the gradients of log_gamma
    /// and beta in `norm`.
    LACATHODE_DEVICE void normalise_backward(int k) {
        const float* u = kept(k, tile + D);
        const float* mean = statistics() + k * outputs;
        const float* variance = mean + D;
        const auto dy = [&](int d, int r) { return x()[(D - 1 - d) * s_.rows + r]; };
        sum_over_events(0, outputs, [&](int i, int r) {
            const int d = i % D;
            const float value = dy(d, r);
            return i < D ? value * (u[d * s_.rows + r] - mean[d]) : value;
        });
        float factor[D];
        float of_mean[D];
        float of_difference[D];
        LACATHODE_UNROLL
        for (int d = 0; d < D; ++d) {
            const float inverse = 1 / std::sqrt(variance[d]);
            factor[d] = std::exp(made_.norm()[d]) * inverse;
            const float of_gamma = factor[d] * sums()[d];
            const float of_variance = 0.5F * inverse * inverse * (all_shares_ - of_gamma);
            of_mean[d] = -factor[d] * sums()[D + d] / count_;
            of_difference[d] = 2 * of_variance / count_;
        }
        for (int r = t_; r < s_.rows; r += threads) {
            float du[D];
            LACATHODE_UNROLL
            for (int d = 0; d < D; ++d) {
                du[d] = dy(d, r) * factor[d];
                if (is_event(r))
                    du[d] += of_mean[d] + of_difference[d] * (u[d * s_.rows + r] - mean[d]);
            }
            LACATHODE_UNROLL
            for (int d = 0; d < D; ++d) x()[d * s_.rows + r] = du[d];
        }
        block_.sync();
        if (t_ < D) {
            const float inverse = 1 / std::sqrt(variance[t_]);
            made_.norm()[t_] = std::exp(made_.norm()[t_]) * inverse * sums()[t_] - all_shares_;
            made_.norm()[D + t_] = sums()[D + t_];
        }
    }

    /// What a thread has of the gradients of a block's arrays, over all tiles.
    struct Gradients {
        float hidden[2][4][4];
        float output[1][Memory::output_rows / 8][4];
        float input[1][Memory::input_rows / 8][4];
        float bias;   ///< of the hidden layer, unit t % tile, a part of the events
        float shift;  ///< output t / 16, every sixteenth event
    };

    /// x, both hidden layers and d loss / d (mu, alpha) of a tile.
    LACATHODE_DEVICE void load_tile(int k, int begin) {
        const float* h = kept(k, 0) + begin;
        for (int i = t_; i < tile * tile / 4; i += threads) {
            const int place = i / (tile / 4);
            const int r = 4 * (i % (tile / 4));
            copy_four_later(made_.upper() + place * stride + r, h + place * s_.rows + r);
        }
        for (int i = t_; i < D * tile; i += threads) {
            const int d = i / tile;
            const int r = i % tile;
            const float du = x()[d * s_.rows + begin + r];
            made_.in()[d * stride + r] = kept(k, tile + d)[begin + r];
            made_.out()[d * stride + r] = -du * kept(k, tile + 2 * D + d)[begin + r];
            made_.out()[(D + d) * stride + r] =
                share_[begin + r] - du * kept(k, tile + D + d)[begin + r];
            if (d == 0) made_.in()[D * stride + r] = mass_[begin + r];
        }
        block_.sync();
        made_.first_layer(made_.lower());
        wait_for_copies();
        block_.sync();
    }

    LACATHODE_DEVICE void output_gradient(Gradients& g) {
        const float* h = made_.upper() + made_.part() * stride;
        const float* out = made_.out();
        add_product<Terms::far_apart>(
            made_.lane(), made_.half() * tile / 2, (made_.half() + 1) * tile / 2,
            [h](int i, int r) { return h[i * stride + r]; },
            [out](int r, int j) { return out[j * stride + r]; }, g.output);
        if (t_ < 16 * outputs) {
            LACATHODE_UNROLL
            for (int r = 0; r < tile; r += 16) g.shift += out[t_ / 16 * stride + r + t_ % 16];
        }
    }

    /// d loss / d of the second layer before its relu, in the place of its values.
    LACATHODE_DEVICE void through_output() {
        float sum[2][4][4];
        set_zero(sum);
        const float* w = made_.output() + made_.line() * Memory::output_stride;
        const float* out = made_.out() + made_.column();
        add_product<Terms::neighbours>(
            made_.lane(), 0, Memory::output_rows,
            [w](int i, int j) { return w[i * Memory::output_stride + j]; },
            [out](int j, int r) { return out[j * stride + r]; }, sum);
        made_.put(sum, made_.upper(), [&](float value, int place, int r) {
            return made_.upper()[place * stride + r] > 0 ? value : 0.0F;
        });
    }

    LACATHODE_DEVICE void hidden_gradient(Gradients& g) {
        constexpr int events = tile / groups;
        const float* of_unit = made_.upper() + t_ % tile * stride + t_ / tile * events;
        LACATHODE_UNROLL
        for (int r = 0; r < events; ++r) g.bias += of_unit[r];
        const float* upper = made_.upper() + made_.line() * stride;
        const float* lower = made_.lower() + made_.column() * stride;
        add_product<Terms::far_apart>(
            made_.lane(), 0, tile, [upper](int i, int r) { return upper[i * stride + r]; },
            [lower](int r, int k) { return lower[k * stride + r]; }, g.hidden);
    }

    /// d loss / d of the first layer before its relu into `upper`.
    LACATHODE_DEVICE void through_hidden() {
        float sum[2][4][4];
        set_zero(sum);
        const float* w = made_.weight() + made_.line();
        const float* upper = made_.upper() + made_.column();
        add_product<Terms::neighbours>(
            made_.lane(), 0, whole_eights(s_.hidden),
            [w](int k, int i) { return w[i * stride + k]; },
            [upper](int i, int r) { return upper[i * stride + r]; }, sum);
        block_.sync();
        made_.put(sum, made_.upper(), [&](float value, int place, int r) {
            return made_.lower()[place * stride + r] > 0 ? value : 0.0F;
        });
        block_.sync();
    }

    LACATHODE_DEVICE void input_gradient(Gradients& g) {
        const float* h = made_.upper() + made_.part() * stride;
        const float* in = made_.in();
        add_product<Terms::far_apart>(
            made_.lane(), made_.half() * tile / 2, (made_.half() + 1) * tile / 2,
            [h](int i, int r) { return h[i * stride + r]; },
            [in](int r, int q) { return in[q * stride + r]; }, g.input);
    }

    /// d loss / dx of a tile: past the MADE and through it.
    LACATHODE_DEVICE void through_input(int k, int begin) {
        float sum[1][1][4];
        set_zero(sum);
        const float* h = made_.upper() + made_.part();
        const float* w = made_.input();
        add_product<Terms::neighbours>(
            made_.lane(), made_.half() * tile / 2, (made_.half() + 1) * tile / 2,
            [h](int r, int i) { return h[i * stride + r]; },
            [w](int i, int d) { return w[i * Memory::input_stride + d]; }, sum);
        made_.put_transposed(sum, made_.lower() + made_.half() * 8 * stride);
        block_.sync();
        for (int i = t_; i < D * tile; i += threads) {
            const int d = i / tile;
            const int r = i % tile;
            float& at = x()[d * s_.rows + begin + r];
            at = at * kept(k, tile + 2 * D + d)[begin + r] + made_.lower()[d * stride + r] +
                 made_.lower()[(8 + d) * stride + r];
        }
    }

    LACATHODE_DEVICE void gather(const Gradients& g) {
        static_assert((2 * Memory::output_stride + groups) * tile <= tile * stride &&
                      2 * Memory::input_stride * tile + 16 * outputs <= tile * stride);
        const Lane& lane = made_.lane();
        LACATHODE_UNROLL
        for (int m = 0; m < 2; ++m) {
            LACATHODE_UNROLL
            for (int n = 0; n < 4; ++n) {
                LACATHODE_UNROLL
                for (int q = 0; q < 4; ++q) {
                    const int i = made_.line() + 16 * m + lane.row(q);
                    const int j = made_.column() + 8 * n + lane.column(q);
                    made_.weight()[i * stride + j] = g.hidden[m][n][q];
                }
            }
        }
        LACATHODE_UNROLL
        for (int q = 0; q < 4; ++q) {
            const int place = made_.part() + lane.row(q);
            LACATHODE_UNROLL
            for (int n = 0; n < Memory::output_rows / 8; ++n)
                output_sums(made_.half())[place * Memory::output_stride + 8 * n + lane.column(q)] =
                    g.output[0][n][q];
            LACATHODE_UNROLL
            for (int n = 0; n < Memory::input_rows / 8; ++n)
                input_sums(made_.half())[place * Memory::input_stride + 8 * n + lane.column(q)] =
                    g.input[0][n][q];
        }
        bias_sums(t_ / tile)[t_ % tile] = g.bias;
        if (t_ < 16 * outputs) shift_sums(t_ / 16)[t_ % 16] = g.shift;
        block_.sync();
    }
};

}  // namespace lacathode::kernels
