// One training step of one flow by one block of threads: the batch through all blocks of the flow
// and back, and Adam (docs/method.md, section 3). What a step needs stays in the shared memory of
// one multiprocessor; nothing is shared with other flows.
#pragma once

#include "libtorch/kernels/adam.cuh"
#include "libtorch/kernels/maf_step_backward.cuh"

namespace lacathode::kernels {

/// The step of flow `replica`.
template <int D, class Block>
class MafStepOfOne : private MafStepBackward<D, Block> {
  public:
    LACATHODE_DEVICE MafStepOfOne(const MafStep& step, int replica, const Block& block)
        : MafStepBackward<D, Block>(step, replica, block) {}

    LACATHODE_DEVICE void run() {
        if (coefficients_[1] == 0) return;  // no_step: the replica's epoch is over
        this->forward();
        for (int k = s_.blocks; k-- > 0;) {
            this->backward(k);
            update(k);
            block_.sync();
        }
    }

  private:
    using Base = MafStepBackward<D, Block>;
    using Base::bias_sums;
    using Base::block_;
    using Base::coefficients_;
    using Base::input_sums;
    using Base::made_;
    using Base::output_sums;
    using Base::outputs;
    using Base::s_;
    using Base::shift_sums;
    using Base::t_;
    using Base::values;
    using Memory = MadeMemory<D>;

    LACATHODE_DEVICE void update(int k) {
        const float* c = coefficients_;
        const Adam adam{values(s_.value, k),
                        values(s_.first, k),
                        values(s_.second, k),
                        c[0],
                        c[1],
                        c[2],
                        c[3],
                        c[4],
                        c[5],
                        s_.adam_epsilon,
                        s_.weight_decay};
        update_hidden<D>(adam, made_);
        const Offsets<D>& at = made_.offsets();
        const int group = t_ / tile;
        const int u = t_ % tile;
        const int degree = hidden_degree<D>(u);
        const auto of_input = [&](int q) {
            return input_sums(0)[u * Memory::input_stride + q] +
                   input_sums(1)[u * Memory::input_stride + q];
        };
        const auto of_output = [&](int j) {
            return output_sums(0)[u * Memory::output_stride + j] +
                   output_sums(1)[u * Memory::output_stride + j];
        };
        if (u < s_.hidden && group == 0) {
            LACATHODE_UNROLL
            for (int d = 0; d < D; ++d)
                if (degree >= d) adam.step(u * D + d, of_input(d));
        }
        if (u < s_.hidden && group == 1) {
            adam.step(at.condition + u, of_input(D));
            adam.step(at.input_bias + u, of_input(D + 1));
            float bias = 0;
            LACATHODE_UNROLL
            for (int part = 0; part < groups; ++part) bias += bias_sums(part)[u];
            adam.step(at.hidden_bias + u, bias);
        }
        if (u < s_.hidden && group >= 2) {
            LACATHODE_UNROLL
            for (int d = 0; d < D; ++d) {
                const int j = (group - 2) * D + d;
                if (d - 1 >= degree) adam.step(at.output_weight + j * s_.hidden + u, of_output(j));
            }
        }
        if (t_ < outputs) {
            float shift = 0;
            LACATHODE_UNROLL
            for (int i = 0; i < 16; ++i) shift += shift_sums(t_)[i];
            adam.step(at.output_bias + t_, shift);
            adam.step(at.log_gamma + t_, made_.norm()[t_]);
        }
    }
};

}  // namespace lacathode::kernels
