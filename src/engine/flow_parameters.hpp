// The state of a flow in the kernels' layout, and its named arrays.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/aligned_buffer.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/made_layout.hpp"
#include "lacathode/ml/flow.hpp"

namespace lacathode::detail {

/// The stored features of a panel in the order that a block sees. Every block reverses the order
/// and nothing is moved, so odd blocks walk backwards.
template <class Float>
Rows<Float> logical_features(Float* stored, std::size_t features, std::size_t panel,
                             std::size_t block) {
    const auto step = static_cast<std::ptrdiff_t>(panel);
    if (block % 2 == 0) return {stored, step};
    return {stored + (features - 1) * panel, -step};
}

template <class Float>
MadeMatrices<Float> matrices_of(const MadeLayout& layout, Float* block) {
    return {block + layout.input(0, 0), block + layout.hidden(0, 0), block + layout.output(0, 0)};
}

/// Parameters of all blocks in one buffer, and the running statistics beside them.
class FlowParameters {
  public:
    explicit FlowParameters(const FlowArchitecture& architecture);

    /// Throws InputError as find_array does. Masked weights become 0: they never act.
    void load(const NamedArrays& state);
    /// As documented at DensityEstimator.
    [[nodiscard]] NamedArrays state() const;
    /// Names what lies in the layout of values(): gradients, for example.
    enum class Content { parameters, parameters_and_statistics };
    [[nodiscard]] NamedArrays named(const float* values, Content content) const;

    [[nodiscard]] const MadeLayout& layout() const noexcept { return layout_; }
    [[nodiscard]] std::size_t blocks() const noexcept { return blocks_; }
    /// [K, layout().size()]
    [[nodiscard]] float* values() noexcept { return values_.data(); }
    [[nodiscard]] const float* values() const noexcept { return values_.data(); }
    [[nodiscard]] const float* block(std::size_t k) const { return values() + k * layout_.size(); }
    [[nodiscard]] float* running_mean(std::size_t k) { return mean_.data() + k * features(); }
    [[nodiscard]] const float* running_mean(std::size_t k) const {
        return mean_.data() + k * features();
    }
    [[nodiscard]] float* running_var(std::size_t k) { return var_.data() + k * features(); }
    [[nodiscard]] const float* running_var(std::size_t k) const {
        return var_.data() + k * features();
    }

  private:
    [[nodiscard]] std::size_t features() const noexcept { return layout_.features(); }
    [[nodiscard]] FlowArchitecture architecture() const {
        return {layout_.features(), layout_.hidden(), blocks_};
    }

    MadeLayout layout_;
    std::size_t blocks_;
    AlignedBuffer values_;
    std::vector<float> mean_;  ///< [K, D]
    std::vector<float> var_;   ///< [K, D]
};

}  // namespace lacathode::detail
