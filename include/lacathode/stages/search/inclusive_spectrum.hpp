// The mass spectrum of all events, as pseudo-data are drawn from it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/stages/search/spectrum_settings.hpp"
#include "lacathode/stats/spectrum_fit.hpp"

namespace lacathode {

/// Within the range of the fit a smooth function of m, fitted to all events there: no signal is in
/// it. Outside, where a function would have to know a turn-on, the observed masses themselves.
class InclusiveSpectrum {
  public:
    /// `masses` [N], `weights` [N] or empty (one each). Throws UsageError as mass_cells does,
    /// InputError and NumericalError as the fit does, and InputError where weights make a bin count
    /// less than nothing or, beyond the range, are negative; `source` names the events in messages.
    InclusiveSpectrum(const SpectrumSettings& settings, const MassWindow& signal_region,
                      std::span<const double> masses, const std::string& source,
                      std::span<const float> weights = {});

    [[nodiscard]] std::vector<double> draw(std::size_t count, RandomStream stream) const;

    [[nodiscard]] std::size_t parameters() const noexcept { return parameters_; }
    [[nodiscard]] double deviance() const noexcept { return deviance_; }
    [[nodiscard]] std::size_t degrees_of_freedom() const noexcept { return degrees_of_freedom_; }
    /// p of the deviance, as chi2 has it: of cells merged to five expected events at least.
    [[nodiscard]] double goodness() const;

  private:
    [[nodiscard]] double within(RandomStream& stream) const;
    [[nodiscard]] double beyond(RandomStream& stream) const;

    std::size_t parameters_ = 0;
    double deviance_ = 0;
    std::size_t degrees_of_freedom_ = 0;
    std::vector<double> outside_;       ///< observed masses beyond the range
    std::vector<double> outside_sums_;  ///< of their weights up to each; empty: one each
    double fraction_within_ = 0;        ///< of all events
    std::vector<double> edges_;         ///< [Q + 1] of fine steps
    std::vector<double> density_;       ///< [Q + 1] the function at them, in any unit
    std::vector<double> cumulative_;    ///< [Q + 1] of its trapezoids, from 0 to 1
};

}  // namespace lacathode
