// Random selections without replacement, as histograms.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "lacathode/core/random.hpp"

namespace lacathode::stats::detail {

/// Draws multivariate hypergeometric counts by a partial Fisher-Yates shuffle: O(min(n, N - n)).
class SelectionSampler {
  public:
    SelectionSampler(const std::vector<std::int64_t>& contents, RandomStream stream)
        : contents_(contents), stream_(stream) {
        for (std::size_t bin = 0; bin < contents.size(); ++bin) {
            bin_of_event_.insert(bin_of_event_.end(), static_cast<std::size_t>(contents[bin]),
                                 static_cast<std::uint32_t>(bin));
        }
    }

    /// Selected events a bin, n of all events; the order that earlier draws left does not matter.
    std::vector<std::int64_t> draw(std::int64_t n) {
        const auto total = static_cast<std::int64_t>(bin_of_event_.size());
        if (2 * n > total) {
            const std::vector<std::int64_t> left = draw(total - n);
            std::vector<std::int64_t> kept = contents_;
            for (std::size_t bin = 0; bin < kept.size(); ++bin) kept[bin] -= left[bin];
            return kept;
        }
        std::vector<std::int64_t> counts(contents_.size(), 0);
        for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
            std::swap(bin_of_event_[i], bin_of_event_[i + stream_.below(bin_of_event_.size() - i)]);
            ++counts[bin_of_event_[i]];
        }
        return counts;
    }

  private:
    std::vector<std::int64_t> contents_;
    RandomStream stream_;
    std::vector<std::uint32_t> bin_of_event_;
};

}  // namespace lacathode::stats::detail
