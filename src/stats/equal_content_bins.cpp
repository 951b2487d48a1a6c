#include "lacathode/stats/equal_content_bins.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "stats/sort.hpp"

namespace lacathode {

std::vector<double> equal_content_edges(std::span<const double> values, std::size_t bins) {
    if (bins == 0) throw UsageError("a histogram needs at least 1 bin");
    // Of as many values as bins, the last edge and the one before would coincide.
    if (values.size() <= bins) {
        throw InputError(concat("only ", values.size(), " events for ", bins,
                                " bins of equal content: use fewer bins"));
    }
    std::vector<double> sorted(values.begin(), values.end());
    const auto bad = std::ranges::find_if(sorted, [](double v) { return !std::isfinite(v); });
    if (bad != sorted.end()) {
        throw InputError(concat("mass ", *bad, " in row ", bad - sorted.begin(),
                                " is not finite: leave such events out"));
    }
    stats::detail::sort_ascending(std::span(sorted));
    std::vector<double> edges(bins + 1);
    const std::size_t count = sorted.size();
    for (std::size_t k = 0; k <= bins; ++k) {
        const std::size_t below = k * count / bins;
        const double fraction = static_cast<double>(k * count % bins) / static_cast<double>(bins);
        edges[k] = below + 1 < count ? std::lerp(sorted[below], sorted[below + 1], fraction)
                                     : sorted.back();
        if (k > 0 && !(edges[k - 1] < edges[k])) {
            throw InputError(concat("bins of equal content: edges ", k - 1, " and ", k, " of ",
                                    bins, " both are ", edges[k],
                                    ", too many equal masses: use fewer bins"));
        }
    }
    return edges;
}

namespace {

// Bisection without a branch to mispredict. Edge `first` is at most value all the way.
std::size_t bin_of(double value, std::span<const double> edges) {
    std::size_t first = 0;
    for (std::size_t count = edges.size() - 1; count > 1;) {
        const std::size_t half = count / 2;
        first += edges[first + half] <= value ? half : 0;
        count -= half;
    }
    return first;
}

}  // namespace

std::vector<std::uint32_t> bin_indices(std::span<const double> values,
                                       std::span<const double> edges) {
    expects(edges.size() >= 2, "a histogram has at least two edges");
    std::vector<std::uint32_t> bins;
    bins.reserve(values.size());
    for (const double value : values) {
        expects(edges.front() <= value && value <= edges.back(), "values lie inside the edges");
        bins.push_back(static_cast<std::uint32_t>(bin_of(value, edges)));
    }
    return bins;
}

}  // namespace lacathode
