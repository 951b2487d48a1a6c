// Events through one or more blocks of a flow with stored statistics, to z or from it
// (docs/method.md, section 3), by one block of threads for some of the events of one flow.
#pragma once

#include <cmath>
#include <cstdint>

#include "libtorch/kernels/made.cuh"

namespace lacathode::kernels {

inline constexpr int events_of_a_map = 8 * tile;  ///< of one block of threads

/// What to map: memory of the device.
struct MafMap {
    int hidden;           ///< H, up to `tile`, a multiple of 4
    int blocks;           ///< K
    std::int64_t values;  ///< P, trained values of one flow
    std::int64_t events;  ///< N, of each flow

    const float* value;       ///< [R, P] in the order of maf_state_layout
    const float* statistics;  ///< [R, K, 2, D] mean and variance of the batch norms
    const float* from;        ///< [S, N, D]
    const float* mass;        ///< [S, N]
    std::int64_t from_step;   ///< from a flow's first event to the next one's; 0: the same events
    std::int64_t mass_step;
    float* to;       ///< [R, N, D], may be `from`
    float* log_det;  ///< [R, N], or null

    int first;  ///< blocks first ... last - 1; the inverse begins with last - 1
    int last;
    /// Forward, for one block after the other while their statistics are worked out: through the
    /// batch norm of the block before `first` too, but not through that of block last - 1.
    bool shifted;
};

/// Of shared memory.
template <int D>
LACATHODE_DEVICE constexpr int map_floats() {
    return MadeMemory<D>::floats + whole_eights(3 * D);
}

template <int D, class Block>
class MafMapOfSome {
  public:
    /// Part `part` of flow `replica`: events_of_a_map events.
    LACATHODE_DEVICE MafMapOfSome(const MafMap& map, int replica, std::int64_t part,
                                  const Block& block)
        : s_(map),
          replica_(replica),
          first_(part * events_of_a_map),
          block_(block),
          t_(block.thread()),
          made_(block, map.hidden) {}

    LACATHODE_DEVICE void forward() {
        block_.sync();
        for (int k = s_.first; k < s_.last; ++k) {
            load(k, k - (s_.shifted ? 1 : 0));
            const bool begins = k == s_.first;
            for (std::int64_t begin = first_; begin < end(); begin += tile) forward(begin, begins);
        }
    }
    LACATHODE_DEVICE void inverse() {
        block_.sync();
        for (int k = s_.last; k-- > s_.first;) {
            load(k, k);
            const bool begins = k + 1 == s_.last;
            for (std::int64_t begin = first_; begin < end(); begin += tile) inverse(begin, begins);
        }
    }

  private:
    using Memory = MadeMemory<D>;

    LACATHODE_DEVICE std::int64_t end() const {
        const std::int64_t end = first_ + events_of_a_map;
        return end < s_.events ? end : s_.events;
    }
    /// Batch norm: y = factor (u - mean) + beta. [D] each
    LACATHODE_DEVICE float* factor() const { return block_.shared() + Memory::floats; }
    LACATHODE_DEVICE float* mean() const { return factor() + D; }
    LACATHODE_DEVICE float* beta() const { return mean() + D; }

    /// The MADE of block k and the batch norm of block `norm`; -1: none.
    LACATHODE_DEVICE void load(int k, int norm) {
        const float* p = s_.value + std::int64_t{replica_} * s_.values;
        const int size = made_.offsets().size;
        block_.sync();
        made_.load_weight(p + std::int64_t{k} * size);
        made_.load_arrays(p + std::int64_t{k} * size);
        log_det_ = 0;
        if (norm >= 0) {
            const float* array = p + std::int64_t{norm} * size;
            const float* statistics =
                s_.statistics + (std::int64_t{replica_} * s_.blocks + norm) * 2 * D;
            for (int d = 0; d < D; ++d) {
                const float gamma = array[made_.offsets().log_gamma + d];
                const float variance = statistics[D + d];
                log_det_ += gamma - 0.5F * std::log(variance);
                if (t_ != 0) continue;
                factor()[d] = std::exp(gamma) / std::sqrt(variance);
                mean()[d] = statistics[d];
                beta()[d] = array[made_.offsets().beta + d];
            }
        }
        normalises_ = norm >= 0;
        wait_for_copies();
        block_.sync();
    }

    /// Feature d of an event before block `first` or between blocks.
    LACATHODE_DEVICE float value(bool begins, std::int64_t row, int d) const {
        return begins ? s_.from[replica_ * s_.from_step + row * D + d]
                      : s_.to[(replica_ * s_.events + row) * D + d];
    }
    LACATHODE_DEVICE std::int64_t row_of(std::int64_t begin, int r) const {
        return begin + r < s_.events ? begin + r : s_.events - 1;
    }
    LACATHODE_DEVICE void put_mass(std::int64_t begin) {
        if (t_ < tile)
            made_.in()[D * stride + t_] = s_.mass[replica_ * s_.mass_step + row_of(begin, t_)];
    }

    /// alpha and mu of the tile's `in`, for mu() and alpha().
    LACATHODE_DEVICE void apply() {
        block_.sync();
        made_.first_layer(made_.upper());
        block_.sync();
        made_.second_layer(nullptr, 0);
        block_.sync();
        made_.output_layer();
        block_.sync();
    }

    LACATHODE_DEVICE void forward(std::int64_t begin, bool begins) {
        for (int i = t_; i < D * tile; i += threads) {
            const int d = i / tile;
            const std::int64_t row = row_of(begin, i % tile);
            float x = 0;
            if (s_.shifted && normalises_) {
                const int of_u = D - 1 - d;
                x = factor()[of_u] * (value(begins, row, of_u) - mean()[of_u]) + beta()[of_u];
            } else {
                x = value(begins, row, d);
            }
            made_.in()[d * stride + i % tile] = x;
        }
        put_mass(begin);
        apply();
        if (t_ < tile && begin + t_ < s_.events) {
            const std::int64_t at = replica_ * s_.events + begin + t_;
            float log_det = s_.shifted ? 0.0F : log_det_;
            LACATHODE_UNROLL
            for (int d = 0; d < D; ++d) {
                const float alpha = made_.alpha(d, t_);
                const float u = (made_.in()[d * stride + t_] - made_.mu(d, t_)) * std::exp(-alpha);
                log_det -= alpha;
                if (s_.shifted) {
                    s_.to[at * D + d] = u;
                } else {
                    s_.to[at * D + D - 1 - d] = factor()[d] * (u - mean()[d]) + beta()[d];
                }
            }
            if (s_.log_det != nullptr) s_.log_det[at] = begins ? log_det : s_.log_det[at] + log_det;
        }
        block_.sync();
    }

    LACATHODE_DEVICE void inverse(std::int64_t begin, bool begins) {
        const std::int64_t row = row_of(begin, t_ % tile);
        float u[D] = {};
        if (t_ < tile) {
            LACATHODE_UNROLL
            for (int d = 0; d < D; ++d) {
                u[d] = (value(begins, row, D - 1 - d) - beta()[d]) / factor()[d] + mean()[d];
                made_.in()[d * stride + t_] = 0;
            }
        }
        put_mass(begin);
        float log_det = -log_det_;
        // Pass d knows the features before d, and so mu and alpha up to d.
        LACATHODE_UNROLL
        for (int d = 0; d < D; ++d) {
            apply();
            if (t_ < tile) {
                const float alpha = made_.alpha(d, t_);
                made_.in()[d * stride + t_] = u[d] * std::exp(alpha) + made_.mu(d, t_);
                log_det += alpha;
            }
        }
        if (t_ < tile && begin + t_ < s_.events) {
            const std::int64_t at = replica_ * s_.events + begin + t_;
            LACATHODE_UNROLL
            for (int d = 0; d < D; ++d) s_.to[at * D + d] = made_.in()[d * stride + t_];
            if (s_.log_det != nullptr) s_.log_det[at] = begins ? log_det : s_.log_det[at] + log_det;
        }
        block_.sync();
    }

    const MafMap& s_;
    std::int64_t replica_;
    std::int64_t first_;
    Block block_;
    int t_;
    Made<D, Block> made_;
    float log_det_ = 0;  ///< of the batch norm
    bool normalises_ = false;
};

}  // namespace lacathode::kernels
