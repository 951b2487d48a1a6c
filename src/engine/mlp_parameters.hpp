// The MLP's weights in the kernels' layout, and their named arrays.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/aligned_buffer.hpp"
#include "engine/kernels/made_shape.hpp"
#include "lacathode/ml/mlp.hpp"

namespace lacathode::engine {

/// One dense layer: a matrix [outputs, 1 + inputs] with the bias in column 0, rows padded with
/// zeros to whole lines.
struct DenseLayer {
    std::size_t inputs;
    std::size_t outputs;
    std::size_t stride;  ///< floats from row to row
    std::size_t offset;  ///< of the first row in the buffer of all layers

    /// of the matrix, rows of its input panel
    [[nodiscard]] std::size_t columns() const { return unit_row(inputs); }
};

class MlpParameters {
  public:
    explicit MlpParameters(const MlpArchitecture& architecture);

    /// Throws InputError as find_array does.
    void load(const NamedArrays& state) { place(state, values_.data()); }
    [[nodiscard]] NamedArrays state() const { return named(values_.data()); }
    /// Names what lies in the layout of values(): gradients, for example.
    [[nodiscard]] NamedArrays named(const float* values) const;
    /// The opposite: arrays of the names and shapes of state() into that layout.
    void place(const NamedArrays& arrays, float* values) const;

    [[nodiscard]] const std::vector<DenseLayer>& layers() const noexcept { return layers_; }
    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    [[nodiscard]] float* values() noexcept { return values_.data(); }
    [[nodiscard]] const float* weights(const DenseLayer& layer) const {
        return values_.data() + layer.offset;
    }

  private:
    MlpArchitecture architecture_;
    std::vector<DenseLayer> layers_;
    AlignedBuffer values_;
};

}  // namespace lacathode::engine
