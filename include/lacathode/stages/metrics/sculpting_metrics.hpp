// Metrics of the sculpting of the mass spectrum, and their file (docs/formats.md).
#pragma once

#include <cstdint>
#include <vector>

#include "lacathode/core/matrix.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/stages/metrics/evaluated.hpp"
#include "lacathode/stages/metrics/quantity.hpp"
#include "lacathode/stats/random_selection.hpp"
#include "lacathode/stats/sculpting.hpp"

namespace lacathode {

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

inline constexpr const char* sculpting_kind = "sculpting";
/// Everything but the provenance, which comes with OutputFile::commit.
void write_metrics(OutputFile& file, const Evaluated& evaluated, const SculptingMetrics& metrics);

/// chi2/ndof, its expectation for a random selection, and p at the efficiencies nearest to 1, 5
/// and 19 %.
std::vector<Quantity> headline(const SculptingMetrics& metrics);
/// The headline of such a file. Throws InputError naming the file for anything that is missing or
/// misshapen.
std::vector<Quantity> read_sculpting(const InputFile& file);

}  // namespace lacathode
