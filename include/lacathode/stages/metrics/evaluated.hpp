// What was evaluated, and curves over retrainings: of the metrics of SIC and of sculpting.
#pragma once

#include <string>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/matrix.hpp"
#include "lacathode/core/method.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stats/band.hpp"
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

/// "everywhere" or "sidebands"
std::string judged_name(Judged judged);

/// Attributes of "/", and the signal region.
void write_evaluated(OutputFile& file, const char* kind, const Evaluated& evaluated);
/// Below the group `name`.
void write_curve(OutputFile& file, const std::string& name, const CurveBand& curve);

}  // namespace lacathode
