// Metrics as files: lacathode.metrics (docs/formats.md). The one place that names what they hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lacathode/config/json.hpp"
#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/matrix.hpp"
#include "lacathode/core/method.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/stages/support/settings.hpp"
#include "lacathode/stats/band.hpp"
#include "lacathode/stats/random_selection.hpp"
#include "lacathode/stats/roc.hpp"
#include "lacathode/stats/sculpting.hpp"

namespace lacathode {

/// What was evaluated: every metrics file says it.
struct Evaluated {
    Method method;
    Column mass;
    MassWindow signal_region;
    Unmapped unmapped;
    EvaluatedPart part;
};

/// A curve of each retraining, and what they have in common.
struct CurveBand {
    Matrix<double> retrainings;  ///< [R, G]
    Band band;                   ///< median and central 68 % [G]
};

/// With its band over the rows of `retrainings`.
CurveBand curve_band(Matrix<double> retrainings);

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

/// What a cut does to the mass spectrum: of background, or of data in the sidebands where there is
/// no truth to tell background by.
struct SculptingMetrics {
    Judged judged = Judged::everywhere;
    std::int64_t signal_in_training = 0;  ///< injected signal that the classifier learned from
    std::vector<double> efficiency;       ///< [G] fraction of the signal region kept
    Matrix<double> threshold;             ///< [R, G] of the score
    Matrix<std::int64_t> selected;        ///< [R, G] events that are judged
    CurveBand chi2_per_dof;               ///< eq. (5) of the LaCATHODE paper / (B - 1)
    Matrix<double> p_value;               ///< [R, G] of a random selection
    Matrix<std::uint8_t> simulated;       ///< [R, G] 1: p_value is from simulations, at least 5e-4
    std::vector<RandomSelectionNull::Summary> null;  ///< [G] chi2/ndof of a random selection
    std::vector<double> edges;                       ///< [B + 1] of the bins, unit of the mass
    std::vector<std::int64_t> full;                  ///< [B] events before the cut
    std::vector<std::int64_t> histogram;             ///< [R, G, B] after it
    std::vector<double> full_weights;  ///< [B] sums of their weights; empty: no weights
    std::vector<double> weights;       ///< [R, G, B] after the cut; empty: no weights
    std::int64_t events = 0;
    std::int64_t not_mapped = 0;
};

/// "everywhere" or "sidebands"
std::string judged_name(Judged judged);

/// Everything but the provenance, which comes with OutputFile::commit.
void write_metrics(OutputFile& file, const Evaluated& evaluated, const SicMetrics& metrics);
void write_metrics(OutputFile& file, const Evaluated& evaluated, const SculptingMetrics& metrics);

/// One number that sums up an evaluation; of several retrainings, their median.
struct Quantity {
    std::string name;
    double value;
    struct Band {
        double low, high;
    };
    std::optional<Band> band = {};              ///< central 68 % of several retrainings
    std::optional<double> counting_error = {};  ///< from the events that the value stands on
    bool at_most = false;                       ///< a bound: the method cannot tell smaller ones
};
/// A p-value, as a bound where the tail of its distribution is too thin to be trusted.
Quantity p_value_quantity(const std::string& name, double p);
/// For people: "17.4 [16.9, 18.0] +- 0.5", "< 0.0005".
std::string text_of(const Quantity& quantity);
/// For programs: NAME and, where there are any, NAME_low, NAME_high, NAME_counting_error.
Summary summary_of(const std::vector<Quantity>& quantities);

/// Maximum of the median SIC and where it lies, SIC at eps_B = 1e-2 and 1e-3, S/sqrt(B) before the
/// cut.
std::vector<Quantity> headline(const SicMetrics& metrics);
/// chi2/ndof, its expectation for a random selection, and p at the efficiencies nearest to 1, 5
/// and 19 %.
std::vector<Quantity> headline(const SculptingMetrics& metrics);
/// The same of a file, whichever kind it is. Throws InputError naming the file for anything that
/// is missing or misshapen.
std::vector<Quantity> read_headline(const std::string& path);

}  // namespace lacathode
