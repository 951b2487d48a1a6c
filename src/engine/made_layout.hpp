// Where one block's parameters lie in memory, and which of them the masks let act.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/kernels/made_shape.hpp"

namespace lacathode::detail {

/// The masks of a MADE (METHOD, section 3) as one array, and the layout that follows from them.
///
/// Hidden units are sorted by their degree, so that every mask becomes a prefix. A unit of degree d
/// sees the first d + 1 features (none if there is only one feature); reach()[i] counts the units
/// that see at most i features, and feature i's mu and alpha depend on exactly those. In the order
/// of the features a MADE is then computed group by group: the units reach()[i-1] ... reach()[i],
/// then feature i.
///
/// Biases are column 0 (row 0 of the output matrix) and act on a row of ones; the condition is
/// column 1 of the input matrix. All rows are padded with zeros to whole 64 byte lines:
///   input  [H, 2 + D]   columns: bias, condition, features
///   hidden [H, 1 + H]   columns: bias, units of the first hidden layer
///   output [1 + H, 2D]  rows: bias, units of the second hidden layer; columns mu_0, alpha_0, mu_1,
///   ... log_gamma [D], beta [D]
class MadeLayout {
  public:
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
    /// Floats of one block, a multiple of 16.
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

/// Rounds a number of floats up to whole 64 byte lines.
constexpr std::size_t whole_lines(std::size_t floats) {
    return (floats + 15) / 16 * 16;
}

}  // namespace lacathode::detail
