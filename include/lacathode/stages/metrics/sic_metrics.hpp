// Metrics of the significance improvement, and their file (docs/formats.md).
#pragma once

#include <cstdint>
#include <vector>

#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/stages/metrics/evaluated.hpp"
#include "lacathode/stages/metrics/quantity.hpp"

namespace lacathode {

/// The significance improvement at one background efficiency, with both its errors.
struct SicPoint {
    double background_efficiency = 0;  ///< NaN if no point has enough background
    double selected_background = 0;    ///< events that it stands on; of weights, effective ones
    double sic = 0;                    ///< median over the retrainings
    double low = 0, high = 0;          ///< central 68 % of the retrainings
    double counting_error = 0;         ///< of the median, from selected_background
};

/// Significance improvement in the signal region.
struct SicMetrics {
    std::vector<double> background_efficiency;   ///< [G] log-spaced grid
    CurveBand signal_efficiency;                 ///< ROC on that grid
    CurveBand sic;                               ///< NaN where too little background is left
    std::vector<double> counting_error;          ///< [G] of the median
    std::vector<double> effective_background;    ///< [G] that it stands on; empty: no weights
    std::vector<double> signal_efficiency_grid;  ///< [G]
    CurveBand sic_by_signal_efficiency;          ///< the same against eps_S
    std::vector<double> counting_error_by_signal_efficiency;  ///< [G]
    std::vector<double> max_sic;                              ///< [R]
    std::vector<double> area_under_curve;                     ///< [R] of the ROC curves
    SicPoint best;                                            ///< where the median is largest
    SicPoint at_percent;                                      ///< eps_B = 1e-2
    SicPoint at_permille;                                     ///< eps_B = 1e-3
    double initial_significance = 0;  ///< S/sqrt(B) of the injected signal in the signal region
    std::int64_t signal_events = 0;   ///< of the evaluation
    std::int64_t background_events = 0;
    std::int64_t signal_not_mapped = 0;
    std::int64_t background_not_mapped = 0;
};

inline constexpr const char* sic_kind = "sic";
/// Everything but the provenance, which comes with OutputFile::commit.
void write_metrics(OutputFile& file, const Evaluated& evaluated, const SicMetrics& metrics);

/// Maximum of the median SIC and where it lies, SIC at eps_B = 1e-2 and 1e-3, S/sqrt(B) before the
/// cut.
std::vector<Quantity> headline(const SicMetrics& metrics);
/// The headline of such a file. Throws InputError naming the file for anything that is missing.
std::vector<Quantity> read_sic(const InputFile& file);

}  // namespace lacathode
