// Is there a signal in a spectrum, in one cell or of a known shape? (docs/method.md, section 11)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lacathode/core/random.hpp"
#include "lacathode/stats/signal_shape.hpp"
#include "lacathode/stats/spectrum_fit.hpp"
#include "lacathode/stats/toy_spectra.hpp"

namespace lacathode {

/// n_i ~ Pois(b_i + s f_i) in each cell, b from the fit, f the signal's shape. No cell may expect
/// fewer than no events: a deficit ends where one without events would, the interval where any cell
/// would beside the background at s-hat.
struct Excess {
    double signal = 0;      ///< s-hat, negative for a deficit; of one cell it is n - b
    double signal_low = 0;  ///< where twice the log-likelihood has fallen by 1
    double signal_high = 0;
    double z = 0;        ///< (11.4), negative for a deficit
    double p_value = 1;  ///< P(Z >= z), asymptotic: uniform where there is no signal
};

/// Both hypotheses fitted to one spectrum.
class ExcessTest {
  public:
    /// The model must outlive it; `counts` [C]. `spurious`: standard deviation of events of the
    /// signal's shape that the model may be wrong by, a Gaussian nuisance of its own; 0: none.
    /// Throws as SpectrumModel::fit does.
    ExcessTest(const SpectrumModel& model, SignalShape shape, std::vector<double> counts,
               double spurious = 0);

    /// z without the rest, for toys.
    [[nodiscard]] double z() const;
    [[nodiscard]] Excess result() const;
    /// The background at the best s: of one cell the fit to the others.
    [[nodiscard]] const SpectrumFit& free() const noexcept { return free_; }
    /// As it was given.
    [[nodiscard]] double spurious() const noexcept { return spurious_; }
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
    void count_signal(std::size_t cell);
    void fit_signal();
    struct Deficit {
        double signal;
        bool is_end;  // no fit beyond it converged
    };
    Deficit best_deficit();
    [[nodiscard]] double slope_at(double signal) const;
    [[nodiscard]] SpectrumFit fit_with(double signal) const;
    [[nodiscard]] double log_likelihood_of_empty_cell(double signal) const;
    [[nodiscard]] double log_likelihood_beside(double signal) const;
    [[nodiscard]] double log_likelihood_of(double signal) const;
    [[nodiscard]] double signal_scale() const;

    const SpectrumModel& model_;
    SignalShape shape_;
    std::vector<double> counts_;
    double spurious_;
    SpectrumFit free_;
    SpectrumFit null_;
    double best_ = 0;                        ///< s-hat
    std::optional<std::size_t> empty_cell_;  ///< of the signal, if it has one without events
    double least_ = 0;  ///< of the interval: below it a cell would expect fewer than no events
    double best_log_likelihood_ = 0;
};

/// P(z >= the observed one) over spectra drawn from the fit without signal, each fitted anew as the
/// data was; spurious events are drawn anew in each, and a cell from which they would take more
/// than it expects is empty (docs/method.md, section 11). Toy i uses stream.at(i): the same for any
/// number of threads. A toy whose fit does not converge counts as above.
ToyProbability toy_p_value(const SpectrumModel& model, const SignalShape& shape,
                           const ExcessTest& observed, std::int64_t toys,
                           const RandomStream& stream, int threads);

/// The same for the saturated deviance of the fit to all cells but `left_out`; here a toy whose fit
/// does not converge counts as below. Either is the safe side: less of an excess, a worse fit.
ToyProbability toy_goodness(const SpectrumModel& model, const SpectrumFit& fit,
                            std::span<const double> counts, const CellRange& left_out,
                            std::int64_t toys, const RandomStream& stream, int threads);

}  // namespace lacathode
