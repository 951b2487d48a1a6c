#include "workflow/toy_seconds.hpp"

#include <cstddef>

namespace lacathode {
namespace {

// Of one toy of a hundred bins and four parameters.
constexpr double of_count = 5.5e-5;
constexpr double of_peak = 7.2e-4;
constexpr double of_bump = 9.5e-5;
constexpr double with_nuisance = 20;  // times as long
constexpr double further = 10;        // times as many, where few are beyond

// By two estimates, of which one is made without a cut.
double spectra(const SpectrumSettings& settings) {
    return static_cast<double>(2 * settings.efficiencies.size() + 1);
}

}  // namespace

double toy_seconds(const FitBackground::Config& config) {
    return spectra(config) * static_cast<double>(config.toys) * of_count;
}

double toy_seconds(const Hunt::Config& config) {
    double seconds = toy_seconds(config.spectrum);
    if (!config.unblind) return seconds;
    const bool is_widened =
        !config.background_uncertainty.empty() || config.bias == BiasTreatment::widen;
    const double of_excess = (config.signal.kind == SignalKind::window ? of_count : of_peak) *
                             (is_widened ? with_nuisance : further);
    const double of_largest_bump = config.widest_bump > 0 ? of_bump : 0;
    return seconds + spectra(config.spectrum) * static_cast<double>(config.toys) *
                         (of_excess + of_largest_bump);
}

}  // namespace lacathode
