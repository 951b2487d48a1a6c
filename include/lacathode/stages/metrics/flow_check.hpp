// What the checks of a flow give (docs/method.md, section 10), and the metrics file that holds it.
#pragma once

#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stages/metrics/quantity.hpp"
#include "lacathode/stats/fisher_exact.hpp"
#include "lacathode/stats/independence.hpp"
#include "lacathode/stats/normality.hpp"
#include "lacathode/stats/rank_sum.hpp"
#include "lacathode/stats/sculpting.hpp"

namespace lacathode {

/// The latent coordinates in one bin of the mass.
struct LatentBin {
    double low, high;  ///< unit of the mass
    Region region;
    std::vector<Normality> coordinates;  ///< [D]
};

/// Sampled against observed events.
struct TwoSample {
    RankSum test;
    std::int64_t events = 0;      ///< of each class that the classifier was tested on
    std::int64_t not_mapped = 0;  ///< draws without a finite event, left out
};

struct FlowCheck {
    /// Where the flow is judged: everywhere, by background in the signal region; or in the
    /// sidebands, where data in the signal region may hold signal.
    Judged judged = Judged::everywhere;
    std::vector<LatentBin> bins;         ///< in ascending mass
    std::vector<Independence> of_mass;   ///< [D + 1] each coordinate, then |z|^2
    TwoSample two_sample;                ///< in the sidebands
    Proportion sideband, signal_region;  ///< events that are not mapped
};

/// p-value and sizes of every check: the largest distance, the mean farthest from 0 and the
/// variance farthest from 1 of either region, the largest association with the mass, AUC, and rates
/// of events that are not mapped.
std::vector<Quantity> headline(const FlowCheck& check);

struct FlowCheckHeader {
    Column mass;
    MassWindow signal_region;
    EvaluatedPart part;
    std::string failures;  ///< which limits the flow breaks, for people; empty: none
};

inline constexpr const char* flow_check_kind = "flow";
/// Metrics of that kind. Everything but the provenance.
void write_flow_check(OutputFile& file, const FlowCheckHeader& header, const FlowCheck& check);
/// The headline of such a file. Throws InputError naming the file for anything that is missing.
std::vector<Quantity> read_flow_check(const InputFile& file);

}  // namespace lacathode
