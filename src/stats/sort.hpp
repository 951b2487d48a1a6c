// Sorting millions of events near memory speed (Highway's vectorised quicksort).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lacathode::stats::detail {

/// No NaN.
void sort_ascending(std::span<float> values);
void sort_ascending(std::span<double> values);

/// An event's score, not NaN, and 32 bits of anything else in one word: words are in the order of
/// their scores; equal scores (0 and -0 too) have equal upper halves.
class ScoredWord {
  public:
    ScoredWord(float score, std::uint32_t rest);
    [[nodiscard]] float score() const;
    [[nodiscard]] std::uint32_t rest() const { return static_cast<std::uint32_t>(word_); }

  private:
    friend void sort_by_descending_score(std::vector<ScoredWord>& events);
    std::uint64_t word_;
};

/// Among equal scores, by descending rest.
void sort_by_descending_score(std::vector<ScoredWord>& events);

}  // namespace lacathode::stats::detail
