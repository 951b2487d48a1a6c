// Significance improvement characteristic, SIC = eps_S / sqrt(eps_B) (docs/method.md (6.2)).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "lacathode/stats/roc.hpp"

namespace lacathode {

/// Selected background below which the statistical error of eps_B makes SIC worse than 20 %:
/// delta SIC / SIC = 1 / (2 sqrt(N_B)) = 0.2. Tree-based papers use 25 (10 %).
inline constexpr double min_selected_background = 6.25;

/// `points` values from `lowest` to 1 with equal ratios. Throws UsageError unless points >= 2 and
/// 0 < lowest < 1.
std::vector<double> background_efficiency_grid(std::size_t points = 500, double lowest = 1e-4);
/// i / points for i = 1 ... points. Throws UsageError if points is 0.
std::vector<double> signal_efficiency_grid(std::size_t points = 500);

/// eps_S at each eps_B of `grid` (ascending): linear between the curve's points; NaN beyond its
/// end. Here and below, where negative weights take the curve back, only its points beyond all
/// before are used.
std::vector<double> signal_efficiency_at(const RocCurve& roc, std::span<const double> grid);

/// SIC at each eps_B (eps_S) of `grid`, ascending: points of the curve with at least
/// `min_background` selected background events (with weights: RocCurve::effective_background), SIC
/// linear between them; NaN outside their range.
std::vector<double> sic_at_background_efficiency(const RocCurve& roc, std::span<const double> grid,
                                                 double min_background = min_selected_background);
std::vector<double> sic_at_signal_efficiency(const RocCurve& roc, std::span<const double> grid,
                                             double min_background = min_selected_background);

/// RocCurve::effective_background at each eps_B of `grid`, linear between the curve's points; NaN
/// beyond its end.
std::vector<double> effective_background_at(const RocCurve& roc, std::span<const double> grid);
/// The same at each eps_S of `grid`, of the points that sic_at_signal_efficiency uses: NaN where it
/// is.
std::vector<double> effective_background_at_signal_efficiency(
    const RocCurve& roc, std::span<const double> grid,
    double min_background = min_selected_background);

/// SIC at one eps_B; NaN where sic_at_background_efficiency is.
double sic_at(const RocCurve& roc, double background_efficiency,
              double min_background = min_selected_background);

/// Counting error of SIC from the background that is left: SIC / (2 sqrt(selected)), as eps_B has
/// the relative error 1 / sqrt(selected) (docs/method.md (6.4)). NaN where SIC is.
double sic_counting_error(double sic, double selected_background);

/// Position of the largest value that is not NaN; nothing if there is none.
std::optional<std::size_t> argmax_ignoring_nan(std::span<const double> values);
/// That value; NaN if there is none.
double max_ignoring_nan(std::span<const double> values);

/// S / sqrt(B): significance before a cut; times SIC, after it. NaN if B is 0.
double initial_significance(double signal, double background);

}  // namespace lacathode
