// The scores of several runs over the same events.
#pragma once

#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/matrix.hpp"
#include "lacathode/core/provenance.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/stats/band.hpp"

namespace lacathode {

struct ScoredRuns {
    EventTable events;                       ///< without features
    std::vector<std::vector<float>> scores;  ///< [R][N]
    MassWindow signal_region;
    std::string method;
    std::vector<InputRecord> records;
};

/// Throws InputError unless all files hold the same events, method and signal region; UsageError
/// without files.
ScoredRuns read_scored_runs(const std::vector<std::string>& paths);

/// The rows of `events` and of every run's scores.
ScoredRuns take(const ScoredRuns& runs, const std::vector<std::size_t>& rows);

/// NAME/{runs, median, low, high}.
void write_band(OutputFile& file, const std::string& name, const Matrix<double>& runs,
                const Band& band);

/// Attributes that both kinds of metrics share.
void write_metrics_header(OutputFile& file, const std::string& kind, const ScoredRuns& runs);

}  // namespace lacathode
