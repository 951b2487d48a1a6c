// Rows of a panel, and the same rows of many panels.
#pragma once

#include <cstddef>
#include <type_traits>

namespace lacathode::engine {

/// Rows of a panel that are walked with a stride, so that reversed features need no copy.
template <class Float>
struct Rows {
    Float* first;         ///< the row with logical index 0
    std::ptrdiff_t step;  ///< from one logical row to the next, in floats; may be negative

    [[nodiscard]] Float* row(std::size_t index) const {
        return first + static_cast<std::ptrdiff_t>(index) * step;
    }
    [[nodiscard]] Rows from(std::size_t index) const { return {row(index), step}; }
    /// The same rows, the last of `count` first.
    [[nodiscard]] Rows reversed(std::size_t count) const { return {row(count - 1), -step}; }

    // NOLINTNEXTLINE(google-explicit-constructor): as a pointer to const from a pointer.
    operator Rows<const Float>() const requires(!std::is_const_v<Float>) { return {first, step}; }
};

/// The rows of an array [rows, panel].
template <class Float>
Rows<Float> rows_of(Float* array, std::size_t panel) {
    return {array, static_cast<std::ptrdiff_t>(panel)};
}

/// An array over events, its panels `panel_stride` floats apart.
struct Panels {
    Rows<const float> rows;    ///< of the first panel
    std::size_t panel_stride;  ///< floats
    std::size_t count;         ///< panels
};

}  // namespace lacathode::engine
