// The way of a batch to z, and its loss (docs/method.md, section 3).
#pragma once

#include <cmath>
#include <cstdint>

#include "libtorch/kernels/maf_step_memory.cuh"

namespace lacathode::kernels {

template <int D, class Block>
class MafStepForward : protected MafStepMemory<D, Block> {
  protected:
    using Base = MafStepMemory<D, Block>;
    using Base::all_shares_;
    using Base::Base;
    using Base::block_;
    using Base::count_;
    using Base::is_event;
    using Base::kept;
    using Base::made_;
    using Base::mass_;
    using Base::outputs;
    using Base::replica_;
    using Base::s_;
    using Base::share_;
    using Base::statistics;
    using Base::sum_over_events;
    using Base::sums;
    using Base::t_;
    using Base::values;
    using Base::x;

    /// Leaves d loss / dz in x, and what the way back needs.
    LACATHODE_DEVICE void forward() {
        begin();
        for (int k = 0; k < s_.blocks; ++k) forward(k);
        end_of_forward();
    }

  private:
    LACATHODE_DEVICE void begin() {
        const std::int32_t* rows = s_.row + std::int64_t{replica_} * s_.batch;
        for (int r = t_; r < s_.rows; r += threads) {
            const std::int64_t row = rows[r < s_.batch ? r : 0];
            LACATHODE_UNROLL
            for (int d = 0; d < D; ++d) x()[d * s_.rows + r] = s_.x[row * D + d];
            mass_[r] = s_.mass[row];
            const float weight = s_.weight == nullptr ? 1.0F : s_.weight[row];
            share_[r] = is_event(r) ? weight / count_ : 0.0F;
        }
        block_.sync();
        made_.load_weight(values(s_.value, 0));
    }

    /// u = MADE(x) of a tile, in the place of x.
    LACATHODE_DEVICE void made(int k, int begin) {
        for (int i = t_; i < (D + 1) * tile; i += threads) {
            const int d = i / tile;
            const int r = i % tile;
            made_.in()[d * stride + r] = d < D ? x()[d * s_.rows + begin + r] : mass_[begin + r];
        }
        block_.sync();
        made_.first_layer(made_.upper());
        block_.sync();
        made_.second_layer(kept(k, 0) + begin, s_.rows);
        block_.sync();
        if (begin + tile == s_.rows && k + 1 < s_.blocks)
            made_.load_weight(values(s_.value, k + 1));
        made_.output_layer();
        block_.sync();
        if (t_ >= tile) return;
        const int r = begin + t_;
        float sum = 0;
        LACATHODE_UNROLL
        for (int d = 0; d < D; ++d) {
            const float alpha = made_.alpha(d, t_);
            const float scale = std::exp(-alpha);
            const float before = x()[d * s_.rows + r];
            const float u = (before - made_.mu(d, t_)) * scale;
            sum += alpha;
            x()[d * s_.rows + r] = u;
            kept(k, tile + d)[r] = before;
            kept(k, tile + D + d)[r] = u;
            kept(k, tile + 2 * D + d)[r] = scale;
        }
        kept(k, tile + 3 * D)[r] = sum;
    }

    /// Mean and variance of u over the batch's events; epsilon is in the variance.
    LACATHODE_DEVICE void set_statistics(int k) {
        float* mean = statistics() + k * outputs;
        sum_over_events(0, D, [&](int d, int r) { return x()[d * s_.rows + r]; });
        if (t_ < D) mean[t_] = sums()[t_] / count_;
        block_.sync();
        sum_over_events(D, D, [&](int d, int r) {
            const float difference = x()[d * s_.rows + r] - mean[d];
            return difference * difference;
        });
        if (t_ < D) mean[D + t_] = sums()[D + t_] / count_ + s_.norm_epsilon;
        block_.sync();
    }

    LACATHODE_DEVICE void forward(int k) {
        made_.load_arrays(values(s_.value, k));
        wait_for_copies();
        block_.sync();
        for (int begin = 0; begin < s_.rows; begin += tile) made(k, begin);
        block_.sync();
        set_statistics(k);
        float factor[D];
        float mean[D];
        float beta[D];
        LACATHODE_UNROLL
        for (int d = 0; d < D; ++d) {
            const float variance = statistics()[k * outputs + D + d];
            mean[d] = statistics()[k * outputs + d];
            factor[d] = std::exp(made_.norm()[d]) / std::sqrt(variance);
            beta[d] = made_.norm()[D + d];
            log_det_ += made_.norm()[d] - 0.5F * std::log(variance);
        }
        for (int r = t_; r < s_.rows; r += threads) {
            float y[D];
            LACATHODE_UNROLL
            for (int d = 0; d < D; ++d)
                y[d] = factor[d] * (x()[d * s_.rows + r] - mean[d]) + beta[d];
            LACATHODE_UNROLL
            for (int d = 0; d < D; ++d) x()[d * s_.rows + r] = y[D - 1 - d];
        }
        block_.sync();
    }

    /// The loss, and d loss / dz in the place of z.
    LACATHODE_DEVICE void end_of_forward() {
        constexpr float half_log_two_pi = 0.918938533204672741780F;
        auto* of_threads = reinterpret_cast<double*>(made_.upper());
        double sum = 0;
        for (int r = t_; r < s_.rows; r += threads) {
            float log_p = log_det_;
            for (int k = 0; k < s_.blocks; ++k) log_p -= kept(k, tile + 3 * D)[r];
            const float share = share_[r];
            LACATHODE_UNROLL
            for (int d = 0; d < D; ++d) {
                const float z = x()[d * s_.rows + r];
                log_p += -0.5F * z * z - half_log_two_pi;
                x()[d * s_.rows + r] = z * share;
            }
            if (is_event(r)) sum -= static_cast<double>(log_p) * static_cast<double>(share);
        }
        of_threads[t_] = sum;
        block_.sync();
        if (t_ < 32) {
            for (int i = 1; i < threads / 32; ++i) of_threads[t_] += of_threads[t_ + 32 * i];
        }
        block_.sync();
        if (t_ == 0) {
            for (int i = 1; i < 32; ++i) of_threads[0] += of_threads[i];
            s_.loss[replica_] = of_threads[0];
        }
        block_.sync();
        sum_over_events(0, 1, [&](int, int r) { return share_[r]; });
        all_shares_ = sums()[0];
        block_.sync();
    }

    float log_det_ = 0;  ///< of the batch norms
};

}  // namespace lacathode::kernels
