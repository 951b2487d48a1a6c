#include "stats/sort.hpp"

#include <hwy/contrib/sort/vqsort.h>

#include <bit>

namespace lacathode::stats::detail {
namespace {

constexpr std::uint32_t sign = 0x8000'0000U;

}  // namespace

void sort_ascending(std::span<float> values) {
    hwy::Sorter()(values.data(), values.size(), hwy::SortAscending());
}

void sort_ascending(std::span<double> values) {
    hwy::Sorter()(values.data(), values.size(), hwy::SortAscending());
}

// IEEE 754 numbers of one sign are in the order of their bits; negative ones are reversed.
ScoredWord::ScoredWord(float score, std::uint32_t rest) {
    const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);  // -0 becomes 0
    const std::uint32_t ordered = (bits & sign) != 0 ? ~bits : bits | sign;
    word_ = (std::uint64_t{ordered} << 32U) | rest;
}

float ScoredWord::score() const {
    const auto ordered = static_cast<std::uint32_t>(word_ >> 32U);
    return std::bit_cast<float>((ordered & sign) != 0 ? ordered & ~sign : ~ordered);
}

void sort_by_descending_score(std::vector<ScoredWord>& events) {
    static_assert(sizeof(ScoredWord) == sizeof(std::uint64_t));
    if (events.empty()) return;
    hwy::Sorter()(&events.front().word_, events.size(), hwy::SortDescending());
}

}  // namespace lacathode::stats::detail
