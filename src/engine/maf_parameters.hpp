// The state of a MAF in the kernels' layout, and its named arrays.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/aligned_buffer.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/made_layout.hpp"
#include "lacathode/ml/maf.hpp"

namespace lacathode::engine {

/// Parameters of all blocks in one buffer, and the running statistics beside them.
class MafParameters {
  public:
    explicit MafParameters(const MafArchitecture& architecture);

    /// Throws InputError as find_array does. Masked weights become 0: they never act.
    void load(const NamedArrays& state);
    /// As documented at MafNetwork.
    [[nodiscard]] NamedArrays state() const;
    /// Names what lies in the layout of values(): gradients, for example.
    enum class Content { parameters, parameters_and_statistics };
    [[nodiscard]] NamedArrays named(const float* values, Content content) const;
    /// The opposite, of the parameters: `arrays` may hold others too.
    void place(const NamedArrays& arrays, float* values) const;

    [[nodiscard]] const MadeLayout& layout() const noexcept { return layout_; }
    [[nodiscard]] std::size_t blocks() const noexcept { return blocks_; }
    /// [K, layout().size()]
    [[nodiscard]] float* values() noexcept { return values_.data(); }
    [[nodiscard]] const float* values() const noexcept { return values_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    /// Of the first parameter of block k.
    [[nodiscard]] std::size_t offset(std::size_t k) const { return k * layout_.size(); }
    [[nodiscard]] const float* block(std::size_t k) const { return values() + offset(k); }
    [[nodiscard]] MadeMatrices matrices(std::size_t k) const {
        return {block(k) + layout_.input(0, 0), block(k) + layout_.hidden(0, 0),
                block(k) + layout_.output(0, 0)};
    }
    [[nodiscard]] const float* log_gamma(std::size_t k) const {
        return block(k) + layout_.log_gamma();
    }
    [[nodiscard]] const float* beta(std::size_t k) const { return block(k) + layout_.beta(); }
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
    [[nodiscard]] MafArchitecture architecture() const {
        return {layout_.features(), layout_.hidden(), blocks_};
    }

    MadeLayout layout_;
    std::size_t blocks_;
    AlignedBuffer values_;
    std::vector<float> mean_;  ///< [K, D]
    std::vector<float> var_;   ///< [K, D]
};

}  // namespace lacathode::engine
