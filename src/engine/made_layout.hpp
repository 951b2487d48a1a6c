// Where one block's parameters lie in memory, and which of them the masks let act.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/kernels/cache_line.hpp"
#include "engine/kernels/made_shape.hpp"

namespace lacathode::engine {

/// Bounds the arrays of constants for each feature. make_engine_maf() refuses more.
inline constexpr std::size_t max_features = 64;

/// The masks of a MADE, docs/method.md (3.6), as one array, and the layout that follows from them
/// (docs/engine.md, "Masks are prefixes"). Hidden units are sorted by the number of features that
/// they see; a unit of degree d sees the first d + 1 (none if there is only one feature).
/// reach()[i] counts the units that see at most i features, and feature i's mu and alpha depend on
/// exactly those.
///
/// Rows and columns of the matrices are named in made_shape.hpp. All rows are padded with zeros to
/// whole lines, and behind the matrices lie log_gamma [D] and beta [D]:
///   input  [H, 2 + D]
///   hidden [H, 1 + H]
///   output [1 + H, 2D]
class MadeLayout {
  public:
    /// 1 to max_features, and at least one unit.
    MadeLayout(std::size_t features, std::size_t hidden);

    [[nodiscard]] std::size_t features() const noexcept { return features_; }
    [[nodiscard]] std::size_t hidden() const noexcept { return hidden_; }
    /// Sorted position -> unit in the original order. [H]
    [[nodiscard]] const std::vector<std::uint32_t>& unit_at() const noexcept { return unit_at_; }
    /// Number of units that see at most i features. [D]
    [[nodiscard]] const std::vector<std::uint32_t>& reach() const noexcept { return reach_; }
    /// Features that the unit at each sorted position sees. [H]
    [[nodiscard]] const std::vector<std::uint32_t>& features_seen() const noexcept { return seen_; }
    /// For the kernels; valid as long as this object.
    [[nodiscard]] MadeShape shape() const noexcept;

    /// Offsets in floats from the block's first parameter.
    [[nodiscard]] std::size_t input(std::size_t unit, std::size_t column) const noexcept {
        return unit * input_stride_ + column;
    }
    [[nodiscard]] std::size_t hidden(std::size_t unit, std::size_t column) const noexcept {
        return hidden_offset_ + unit * hidden_stride_ + column;
    }
    [[nodiscard]] std::size_t output(std::size_t row, std::size_t column) const noexcept {
        return output_offset_ + row * output_stride_ + column;
    }
    [[nodiscard]] std::size_t log_gamma() const noexcept { return log_gamma_offset_; }
    [[nodiscard]] std::size_t beta() const noexcept { return beta_offset_; }
    /// Floats of one block, whole lines.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    std::size_t features_;
    std::size_t hidden_;
    std::vector<std::uint32_t> unit_at_;
    std::vector<std::uint32_t> seen_;
    std::vector<std::uint32_t> reach_;
    std::size_t input_stride_;
    std::size_t hidden_stride_;
    std::size_t output_stride_;
    std::size_t hidden_offset_;
    std::size_t output_offset_;
    std::size_t log_gamma_offset_;
    std::size_t beta_offset_;
    std::size_t size_;
};

}  // namespace lacathode::engine
