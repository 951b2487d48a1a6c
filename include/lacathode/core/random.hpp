// Named random streams from one root seed (counter-based: Philox 4x32-10).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "lacathode/core/interrupt.hpp"

namespace lacathode {

/// A stream of pseudo-random numbers that depends only on the root seed, its name and its place in
/// the tree that at() spans, so that work may be split over any number of threads without changing
/// a number.
class RandomStream {
  public:
    RandomStream(std::uint64_t root_seed, std::string_view name);

    /// Child number `index`: a new stream, independent of this one, of its other children and of
    /// theirs. It does not matter how many numbers this stream has given.
    [[nodiscard]] RandomStream at(std::uint64_t index) const;

    /// Uniform 64-bit integer.
    std::uint64_t next();
    /// Uniform in the open interval (0, 1): (k + 1/2) 2^-52.
    double uniform();
    /// Standard normal (Box-Muller, both values used).
    double normal();
    /// Uniform integer in [0, n), n > 0, without bias.
    std::uint64_t below(std::uint64_t n);
    /// Fisher-Yates shuffle. Throws Interrupted (check_interrupt).
    template <class T>
    void shuffle(std::span<T> values) {
        for (std::size_t i = values.size(); i > 1; --i) {
            if (i % (std::size_t{1} << 20) == 0) check_interrupt();
            std::swap(values[i - 1], values[below(i)]);
        }
    }

  private:
    void refill();

    std::uint64_t key_;
    std::uint64_t counter_ = 0;
    std::array<std::uint64_t, 2> buffer_{};
    int available_ = 0;
    double spare_normal_ = 0;
    bool has_spare_ = false;
};

}  // namespace lacathode
