// An upper limit from one count over a background that is known with an error.
#pragma once

#include <vector>

namespace lacathode {

/// n ~ Pois(s + b) with b from a gamma distribution of mean `background` >= 0 and standard
/// deviation `error` >= 0 (of no matter for a background of 0): exact where few events make
/// asymptotic formulas too strong (docs/method.md, (11.14)).
class CountingLimit {
  public:
    /// `level`: of the limits, 0 < level < 1. Throws NumericalError for a background so large, or
    /// so uncertain, that more than 1e-9 of the counts are beyond a million.
    CountingLimit(double background, double error, double level = 0.95);

    /// The s with CLs = P(N <= count | s) / P(N <= count | 0) = 1 - level; relative accuracy 1e-9.
    /// `count` >= 0; between two numbers of events, as effective ones may lie, on the line between
    /// their limits.
    [[nodiscard]] double observed(double count) const;
    /// The limits of the counts that are, without signal, at -2, -1, 0, 1 and 2 sigma: the smallest
    /// n with P(N <= n) at least that of a standard normal. [5]
    [[nodiscard]] std::vector<double> expected() const;

  private:
    [[nodiscard]] double limit_of(std::size_t count) const;

    double level_;
    std::vector<double> log_probability_;  ///< of n = 0, 1, ... without signal, until all but 1e-9
};

}  // namespace lacathode
