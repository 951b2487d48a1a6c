// The rows that a MADE reads: one, mass, features, mass, one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "engine/gather.hpp"
#include "engine/kernels/made_shape.hpp"
#include "engine/kernels/rows.hpp"

namespace lacathode::engine {

/// The stored features of a panel in the order that a block sees. Every block reverses the order
/// and nothing is moved, so odd blocks walk backwards.
template <class Float>
Rows<Float> in_block_order(Rows<Float> stored, std::size_t features, std::size_t block) {
    return block % 2 == 0 ? stored : stored.reversed(features);
}

/// A view of one panel of inputs. Ones (for the biases) and masses lie at both ends, so that both
/// orders of the features are a walk along one, mass, x_0, x_1, ...: forwards, or backwards from
/// the last row.
class InputPanel {
  public:
    /// `first`: [rows(features), panel]
    InputPanel(float* first, std::size_t features, std::size_t panel)
        : stored_(rows_of(first, panel)), features_(features), panel_(panel) {}

    static constexpr std::size_t rows(std::size_t features) {
        return 2 * feature_row(0) + features;
    }

    /// one, mass, x_0 ... x_{D-1} as block `block` sees them.
    [[nodiscard]] Rows<float> inputs(std::size_t block) const {
        return in_block_order(stored_, rows(features_), block);
    }
    /// x_0 ... x_{D-1} as block `block` sees them.
    [[nodiscard]] Rows<float> features(std::size_t block) const {
        return inputs(block).from(feature_row(0));
    }
    [[nodiscard]] Rows<float> stored_features() const { return features(0); }

    /// Event e of the panel becomes event `row_of(e)` of a sample: `features` [N, D], which are in
    /// the order that block `block` sees, and `mass` [N].
    template <class RowOf>
    void gather(const Matrix<float>& features, std::span<const float> mass, std::size_t block,
                const RowOf& row_of) const {
        engine::gather(features, panel_, row_of, this->features(block));
        for (const Rows<float>& end : {inputs(0), inputs(1)}) {
            for (std::size_t e = 0; e < panel_; ++e) {
                end.row(bias_row)[e] = 1.0F;
                end.row(mass_row)[e] = mass[row_of(e)];
            }
        }
    }
    /// All but the features of another panel of the same events.
    void copy_condition(const InputPanel& other) const {
        for (const std::size_t row : {bias_row, mass_row}) {
            std::copy_n(other.inputs(0).row(row), panel_, inputs(0).row(row));
            std::copy_n(other.inputs(0).row(row), panel_, inputs(1).row(row));
        }
    }

  private:
    Rows<float> stored_;
    std::size_t features_;
    std::size_t panel_;
};

}  // namespace lacathode::engine
