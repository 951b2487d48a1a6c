#include "ml/trees/quantile_bins.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/parallel.hpp"

namespace lacathode::ml::trees {
namespace {

constexpr std::size_t rows_per_block = 4096;
constexpr std::uint32_t sign_bit = 0x80000000U;

// Unsigned integers in the order of the floats.
std::uint32_t ordered(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value + 0.0F);  // -0 becomes +0
    return (bits & sign_bit) != 0 ? ~bits : bits | sign_bit;
}

float unordered(std::uint32_t key) {
    return std::bit_cast<float>((key & sign_bit) != 0 ? key & ~sign_bit : ~key);
}

// Radix sort, three digits of 11 bits: several times faster than comparing.
std::vector<float> sorted(std::span<const float> values) {
    constexpr std::size_t digits = 2048;
    std::vector<std::uint32_t> keys(values.size());
    std::vector<std::uint32_t> other(values.size());
    std::ranges::transform(values, keys.begin(), ordered);
    for (const int shift : {0, 11, 22}) {
        std::array<std::size_t, digits> place{};
        const auto digit = [shift](std::uint32_t key) { return (key >> shift) % digits; };
        for (const std::uint32_t key : keys) ++place[digit(key)];
        std::size_t sum = 0;
        for (std::size_t& entry : place) sum += std::exchange(entry, sum);
        for (const std::uint32_t key : keys) other[place[digit(key)]++] = key;
        keys.swap(other);
    }
    std::vector<float> result(values.size());
    std::ranges::transform(keys, result.begin(), unordered);
    return result;
}

// Between a < b: never b, which would move b into the lower bin.
float midpoint(float a, float b) {
    const auto middle = static_cast<float>((double{a} + double{b}) / 2);
    return middle < b ? middle : a;
}

// Where the distribution function crosses i / bins; between two values if it is flat there.
float quantile(std::span<const float> ascending, std::size_t i, std::size_t bins) {
    const std::size_t product = ascending.size() * i;
    const std::size_t rank = product / bins;
    if (product % bins != 0) return ascending[rank];
    return ascending[rank - 1] < ascending[rank] ? midpoint(ascending[rank - 1], ascending[rank])
                                                 : ascending[rank];
}

std::size_t count_distinct(std::span<const float> ascending) {
    std::size_t count = 1;
    for (std::size_t i = 1; i < ascending.size(); ++i) {
        count += ascending[i] != ascending[i - 1] ? 1 : 0;
    }
    return count;
}

// Branchless binary search: the number of edges below the value.
std::uint8_t bin_of(float value, const BinEdges& edges) {
    const float* first = edges.data();
    for (std::size_t count = edges.size(); count > 0;) {
        const std::size_t half = (count + 1) / 2;
        first += static_cast<std::size_t>(first[half - 1] < value) * half;
        count -= half;
    }
    return static_cast<std::uint8_t>(first - edges.data());
}

}  // namespace

BinEdges quantile_edges(std::span<const float> values, std::size_t bins) {
    expects(!values.empty() && bins >= 2, "values to take two or more bins of");
    const std::vector<float> ascending = sorted(values);
    BinEdges edges;
    if (count_distinct(ascending) <= bins) {
        for (std::size_t i = 1; i < ascending.size(); ++i) {
            if (ascending[i - 1] < ascending[i]) {
                edges.push_back(midpoint(ascending[i - 1], ascending[i]));
            }
        }
        return edges;
    }
    for (std::size_t i = 1; i < bins; ++i) edges.push_back(quantile(ascending, i, bins));
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    const float largest = ascending.back();
    if (edges.back() < largest) return edges;
    // Nothing lies above the largest value; as it is frequent, an edge lies below it.
    edges.pop_back();
    const float next = *(std::ranges::lower_bound(ascending, largest) - 1);
    if (edges.empty() || edges.back() < next) edges.push_back(midpoint(next, largest));
    return edges;
}

std::vector<BinEdges> quantile_edges(const Matrix<float>& x, std::size_t bins, int threads) {
    std::vector<BinEdges> edges(x.cols());
    parallel_blocks(x.cols(), 1, threads, [&](std::size_t feature, std::size_t) {
        std::vector<float> column(x.rows());
        for (std::size_t row = 0; row < x.rows(); ++row) column[row] = x(row, feature);
        edges[feature] = quantile_edges(column, bins);
    });
    return edges;
}

BinnedEvents::BinnedEvents(const Matrix<float>& x, const std::vector<BinEdges>& edges, int threads)
    : events_(x.rows()), features_(x.cols()), stride_((x.cols() + 3) / 4 * 4) {
    expects(edges.size() == features_, "edges of every feature");
    bins_.resize(events_ * stride_);
    parallel_blocks(events_, rows_per_block, threads, [&](std::size_t begin, std::size_t end) {
        for (std::size_t feature = 0; feature < features_; ++feature) {
            for (std::size_t event = begin; event < end; ++event) {
                bins_[event * stride_ + feature] = bin_of(x(event, feature), edges[feature]);
            }
        }
    });
}

}  // namespace lacathode::ml::trees
