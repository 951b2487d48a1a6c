// Is there an excess in one cell of a spectrum? Counting against the fit (docs/method.md, section
// 11).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lacathode/core/random.hpp"
#include "lacathode/stats/spectrum_fit.hpp"

namespace lacathode {

/// n ~ Pois(s + b) in the signal cell, n_i ~ Pois(b_i) in the others, b from the fit.
struct Excess {
    double observed = 0;
    double expected = 0;        ///< b, from the other cells alone
    double expected_error = 0;  ///< of that fit, without what it may be wrong by
    double signal = 0;          ///< s-hat = n - b, negative for a deficit
    double signal_low = 0;      ///< where twice the log-likelihood has fallen by 1; at least -b
    double signal_high = 0;
    double q0 = 0;       ///< (11.4), 0 for a deficit
    double z = 0;        ///< sqrt(q0); of a deficit minus the root that an excess would have
    double p_value = 1;  ///< P(Z >= z), asymptotic: uniform where there is no signal
};

/// Both hypotheses fitted to one spectrum.
class ExcessTest {
  public:
    /// The model must outlive it. `spurious`: standard deviation of events that the model may be
    /// wrong by in the signal cell, a Gaussian nuisance of its own; 0: none. Throws as
    /// SpectrumModel::fit does.
    ExcessTest(const SpectrumModel& model, std::size_t signal_cell, std::vector<double> counts,
               double spurious = 0);

    /// z without the rest, for toys.
    [[nodiscard]] double z() const;
    [[nodiscard]] Excess result() const;
    /// The fit to the other cells, signal free.
    [[nodiscard]] const SpectrumFit& free() const noexcept { return free_; }
    /// The fit to all cells without signal.
    [[nodiscard]] const SpectrumFit& null() const noexcept { return null_; }

    /// Twice the log-likelihood ratio of `signal` events to the best s, b fitted anew: (11.5).
    [[nodiscard]] double twice_fall(double signal) const;
    /// The upper limit on s with CLs = 1 - level and q-tilde, asymptotically (Cowan et al. 2011):
    /// observed, and expected without signal at -2, -1, 0, 1 and 2 sigma.
    struct Limit {
        double observed = 0;
        std::vector<double> expected;  ///< [5]
    };
    [[nodiscard]] Limit upper_limit(double level = 0.95) const;

  private:
    [[nodiscard]] double log_likelihood_of(double signal) const;
    [[nodiscard]] double fitted_log_likelihood(double events) const;
    [[nodiscard]] double best_log_likelihood() const;

    const SpectrumModel& model_;
    std::size_t cell_;
    std::vector<double> counts_;
    double spurious_;
    SpectrumFit free_;
    SpectrumFit null_;
};

/// A probability estimated by toys: k of n, (k + 1) / (n + 1), and its standard error.
struct ToyProbability {
    std::int64_t above = 0;
    std::int64_t toys = 0;
    double p_value = 1;
    double error = 0;
};

/// P(z >= the observed one) over spectra drawn from the fit without signal, each fitted anew as the
/// data was. Toy i uses stream.at(i): the same for any number of threads. A toy whose fit does not
/// converge counts as above.
ToyProbability toy_p_value(const SpectrumModel& model, std::size_t signal_cell,
                           const ExcessTest& observed, std::int64_t toys,
                           const RandomStream& stream, int threads);

/// The same for the saturated deviance of the fit to all cells but `left_out`.
ToyProbability toy_goodness(const SpectrumModel& model, const SpectrumFit& fit,
                            std::span<const double> counts, std::optional<std::size_t> left_out,
                            std::int64_t toys, const RandomStream& stream, int threads);

}  // namespace lacathode
