// What the training step of one flow works on: its arguments, and where everything is.
#pragma once

#include <cstdint>

#include "libtorch/kernels/made.cuh"

namespace lacathode::kernels {

/// What a step reads and writes: memory of the device.
struct MafStep {
    int hidden;           ///< H, up to `tile`, a multiple of 4
    int blocks;           ///< K
    int batch;            ///< B
    int rows;             ///< B, rounded up to whole tiles
    std::int64_t values;  ///< P, trained values of one flow

    float* value;    ///< [R, P] in the order of maf_state_layout
    float* first;    ///< [R, P] Adam's moments
    float* second;   ///< [R, P]
    const float* x;  ///< [N, D]
    const float* mass;
    const float* weight;        ///< [N], or null: 1 each
    const std::int32_t* row;    ///< [R, B] of the step's events
    const float* count;         ///< [R] how many of them are no filling
    const float* coefficients;  ///< [R, 6] AdamCoefficients
    double* loss;               ///< [R]
    float* kept;                ///< [R, kept_floats()] for the way back

    float norm_epsilon;
    float adam_epsilon;
    float weight_decay;
};

/// Whether the batch's x are in shared memory; those of more features find no room there.
template <int D>
inline constexpr bool x_is_shared = D <= 4;

/// What a step keeps of each event: mass and share, x if it is not shared, and of each block the
/// second hidden layer, x, u, exp(-alpha) and the sum of alpha.
template <int D>
LACATHODE_DEVICE std::int64_t kept_floats(int rows, int blocks) {
    return std::int64_t{rows} *
           (2 + (x_is_shared<D> ? 0 : D) + std::int64_t{blocks} * (tile + 3 * D + 1));
}

/// Of shared memory.
template <int D>
LACATHODE_DEVICE int shared_floats(int rows, int blocks) {
    return MadeMemory<D>::floats + whole_eights(2 * D) + blocks * 2 * D +
           (x_is_shared<D> ? D * rows : 0);
}

/// Of flow `replica`, for the block of threads that does its step.
template <int D, class Block>
class MafStepMemory {
  protected:
    LACATHODE_DEVICE MafStepMemory(const MafStep& step, int replica, const Block& block)
        : s_(step),
          replica_(replica),
          block_(block),
          t_(block.thread()),
          made_(block, step.hidden),
          mass_(step.kept + replica * kept_floats<D>(step.rows, step.blocks)),
          share_(mass_ + step.rows),
          coefficients_(step.coefficients + std::int64_t{6} * replica),
          count_(step.count[replica]) {}

    using Memory = MadeMemory<D>;
    static constexpr int inputs = Memory::inputs;
    static constexpr int outputs = Memory::outputs;

    LACATHODE_DEVICE float* values(float* all, int k) const {
        return all + std::int64_t{replica_} * s_.values + std::int64_t{k} * made_.offsets().size;
    }
    /// What is kept of a block, row for row: the second hidden layer [tile], x [D], u [D],
    /// exp(-alpha) [D], the sum of alpha. Behind those of all blocks: x().
    LACATHODE_DEVICE float* kept(int k, int row) const {
        return mass_ + (2 + std::int64_t{k} * (tile + 3 * D + 1) + row) * s_.rows;
    }
    /// [2D]
    LACATHODE_DEVICE float* sums() const { return block_.shared() + Memory::floats; }
    /// [D, rows] x, then u; on the way back d loss / d of the same
    LACATHODE_DEVICE float* x() const {
        if constexpr (x_is_shared<D>) {
            return statistics() + s_.blocks * outputs;
        } else {
            return kept(s_.blocks, 0);
        }
    }
    /// [K, 2D] mean and variance of each block's batch
    LACATHODE_DEVICE float* statistics() const { return sums() + whole_eights(outputs); }
    LACATHODE_DEVICE bool is_event(int r) const { return static_cast<float>(r) < count_; }

    /// sums[first + i] of f(i, r) over the events of the batch, i < count; all threads call it.
    template <class F>
    LACATHODE_DEVICE void sum_over_events(int first, int count, const F& f) {
        for (int i = t_ / 32; i < count; i += warps) {
            float sum = 0;
#ifdef __CUDACC__
#pragma unroll 8
#endif
            for (int r = t_ % 32; r < s_.rows; r += 32) {
                const float value = f(i, r);
                sum += is_event(r) ? value : 0.0F;
            }
            made_.upper()[i * 32 + t_ % 32] = sum;
        }
        block_.sync();
        if (t_ < count) {
            float sum = 0;
            LACATHODE_UNROLL
            for (int lane = 0; lane < 32; ++lane) sum += made_.upper()[t_ * 32 + lane];
            sums()[first + t_] = sum;
        }
        block_.sync();
    }

    const MafStep& s_;
    int replica_;
    Block block_;
    int t_;
    Made<D, Block> made_;
    float* mass_;   ///< [rows]
    float* share_;  ///< [rows] an event's weight over the number of events; 0: filling
    const float* coefficients_;
    float count_;
    float all_shares_ = 0;
};

}  // namespace lacathode::kernels
