// The null hypothesis of the sculpting test: a random selection without replacement.
#pragma once

#include <cstdint>
#include <vector>

#include "lacathode/core/random.hpp"

namespace lacathode {

/// Eq. (5) of the LaCATHODE paper for n of N events selected at random.
///
/// Bin i holds N_i events, S_i of them selected, h_i = N_i / N. With both histograms normalised,
/// eq. (5) is chi2 = (eps N / n) X, X = sum_i (S_i - n h_i)^2 / (n h_i) = (N / n) sum_i S_i^2 / N_i
/// - n. Given n, S is multivariate hypergeometric whatever the shape of the mass spectrum. Its
/// factorial moments, E[S_i^(a) S_j^(b)] = N_i^(a) N_j^(b) n^(a+b) / N^(a+b) with x^(a) = x (x-1)
/// ... (x-a+1), give the mean and variance of X exactly, with no expansion:
/// E[X] = (B - 1) (N - n) / (N - 1), hence E[chi2 / (B - 1)] = 1 - eps for n = eps N (to 1 / N).
/// The distribution itself: a gamma distribution of that mean and variance, where p is within 0.007
/// of simulation (0.004 at 300 bins, 0.001 for p < 0.01); or, where X is too coarse for that (a bin
/// is expected to hold fewer than 5 of n' = min(n, N - n) events, n' < 60 sqrt(B), or B < 20 and n'
/// < 2000), simulation with p = (k + 1) / (M + 1), M = 1999: never below 1 / 2000.
class RandomSelectionNull {
  public:
    /// The least that p_value gives where it simulates: read it as "at most".
    static constexpr double smallest_simulated_p = 1.0 / 2000;

    struct Summary {
        double mean, variance;  ///< of chi2 / (bins - 1), exact
        double low, high;       ///< its 16 % and 84 % quantiles (gamma distribution)
    };

    /// `bin_contents` [B]: events a bin before the selection. Throws InputError if B < 2 or a bin
    /// is empty or negative.
    explicit RandomSelectionNull(std::vector<std::int64_t> bin_contents);

    [[nodiscard]] std::int64_t events() const noexcept { return events_; }
    /// chi2 / (bins - 1) of eq. (5) for the histogram `selected` [B] and nominal efficiency eps.
    /// NaN if nothing is selected.
    [[nodiscard]] double chi2_per_dof(const std::vector<std::int64_t>& selected,
                                      double efficiency) const;
    /// Null of a selection of n events at nominal efficiency eps. All NaN if n is 0.
    [[nodiscard]] Summary summary(std::int64_t n, double efficiency) const;
    /// Probability of a value at least as large as `chi2_per_dof`, given n. NaN if n is 0, 1 if
    /// every event is selected. `stream` is used only where simulation is needed.
    [[nodiscard]] double p_value(double chi2_per_dof, std::int64_t n, double efficiency,
                                 RandomStream stream) const;
    /// True where p_value simulates.
    [[nodiscard]] bool needs_simulation(std::int64_t n) const noexcept;
    /// `repetitions` random selections of n events: chi2_per_dof of each.
    [[nodiscard]] std::vector<double> simulate(std::int64_t n, double efficiency,
                                               std::size_t repetitions, RandomStream stream) const;

  private:
    std::vector<std::int64_t> contents_;
    std::int64_t events_ = 0;
    std::int64_t smallest_ = 0;
};

}  // namespace lacathode
