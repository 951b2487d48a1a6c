// A training batch, divided into panels.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "lacathode/core/errors.hpp"

namespace lacathode::engine {

class BatchPanels {
  public:
    BatchPanels() = default;
    /// `rows` [N] of data of `events` events, N >= 1; must outlive this object.
    BatchPanels(std::span<const std::uint32_t> rows, std::size_t events, std::size_t panel)
        : rows_(rows), panel_(panel), count_((rows.size() + panel - 1) / panel) {
        expects(!rows.empty(), "a batch has at least one event");
        expects(std::ranges::all_of(rows, [&](std::uint32_t row) { return row < events; }),
                "rows of a batch lie inside the data");
    }

    [[nodiscard]] std::size_t events() const noexcept { return rows_.size(); }
    /// Panels, the last of which may be filled in part.
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] std::size_t events_in(std::size_t p) const {
        return std::min(panel_, events() - p * panel_);
    }
    /// Which row of the data event e of panel p is. Padding repeats the first event: harmless
    /// values, left out of every sum.
    [[nodiscard]] std::size_t row(std::size_t p, std::size_t e) const {
        const std::size_t position = p * panel_ + e;
        return rows_[position < events() ? position : 0];
    }

  private:
    std::span<const std::uint32_t> rows_;
    std::size_t panel_ = 1;
    std::size_t count_ = 0;
};

}  // namespace lacathode::engine
