// Features as small integers: bins of equal content, and which of them a value falls in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lacathode/core/matrix.hpp"

namespace lacathode::ml::trees {

/// Upper edges of all bins but the last, ascending. Value x is in bin b where
/// edges[b - 1] < x <= edges[b].
using BinEdges = std::vector<float>;

/// Edges between the distinct `values`, finite, if there are at most `bins` of them; otherwise
/// quantiles, of which equal ones count once.
BinEdges quantile_edges(std::span<const float> values, std::size_t bins);

/// Edges of each feature of x [N, D]. [D]
std::vector<BinEdges> quantile_edges(const Matrix<float>& x, std::size_t bins, int threads);

/// The bin of each feature of each event. Row-major; rows are padded to whole words of four bins.
class BinnedEvents {
  public:
    /// `edges` [D], each of at most 254; x [N, D].
    BinnedEvents(const Matrix<float>& x, const std::vector<BinEdges>& edges, int threads);

    [[nodiscard]] std::size_t size() const noexcept { return events_; }
    [[nodiscard]] std::size_t features() const noexcept { return features_; }
    [[nodiscard]] std::size_t stride() const noexcept { return stride_; }
    [[nodiscard]] const std::uint8_t* row(std::size_t event) const noexcept {
        return bins_.data() + event * stride_;
    }

  private:
    std::size_t events_;
    std::size_t features_;
    std::size_t stride_;
    std::vector<std::uint8_t> bins_;
};

}  // namespace lacathode::ml::trees
