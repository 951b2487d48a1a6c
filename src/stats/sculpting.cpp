#include "lacathode/stats/sculpting.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stats/equal_content_bins.hpp"
#include "stats/sort.hpp"

namespace lacathode {
namespace {

std::vector<double> counted_masses(std::span<const double> mass,
                                   std::span<const std::uint8_t> mapped, Denominator denominator) {
    expects(mapped.empty() || mapped.size() == mass.size(), "mapped is empty or has N entries");
    std::vector<double> counted;
    for (std::size_t row = 0; row < mass.size(); ++row) {
        const bool is_mapped = mapped.empty() || mapped[row] != 0;
        if (is_mapped || denominator == Denominator::all) counted.push_back(mass[row]);
    }
    return counted;
}

std::vector<std::int64_t> histogram(const std::vector<std::uint32_t>& bins, std::size_t count) {
    std::vector<std::int64_t> contents(count, 0);
    for (const std::uint32_t bin : bins) ++contents[bin];
    return contents;
}

// The (1 - eps) quantile, linear between order statistics, of `events` scores of which only the
// `descending` ones are known; the others stand below them.
double score_threshold(const std::vector<float>& descending, std::int64_t events,
                       double efficiency) {
    if (!(0 < efficiency && efficiency <= 1)) {
        throw UsageError(concat("selection efficiency ", efficiency, " must be in (0, 1]"));
    }
    const double position = (1 - efficiency) * static_cast<double>(events - 1);  // ascending
    const auto below = static_cast<std::int64_t>(position);
    const double fraction = position - static_cast<double>(below);
    const std::int64_t rank = events - 1 - below;  // descending
    const std::span known(descending);
    if (rank < std::ssize(known)) {
        const std::size_t lower = static_cast<std::size_t>(rank);
        const std::size_t upper = lower > 0 ? lower - 1 : 0;
        return std::lerp(static_cast<double>(known[lower]), static_cast<double>(known[upper]),
                         fraction);
    }
    // Between the lowest mapped event and one that is not mapped, the mapped one decides.
    if (rank == std::ssize(known) && fraction > 0) return known.back();
    throw InputError(concat("selection efficiency ", efficiency, " cannot be reached: only ",
                            known.size(), " of ", events,
                            " signal-region events are mapped; ask for smaller efficiencies or "
                            "quote them relative to mapped events"));
}

using stats::detail::ScoredWord;

// What the rest of an event's word holds.
std::uint32_t pack(std::uint32_t bin, bool in_sr) {
    return 2 * bin + (in_sr ? 1 : 0);
}
std::uint32_t bin_of(const ScoredWord& event) {
    return event.rest() / 2;
}
bool is_in_sr(const ScoredWord& event) {
    return event.rest() % 2 == 1;
}

// The mapped events in descending order of their scores.
std::vector<ScoredWord> mapped_scores(std::span<const float> score,
                                      std::span<const std::uint32_t> rows,
                                      std::span<const std::uint32_t> bins,
                                      std::span<const std::uint8_t> in_sr) {
    std::vector<ScoredWord> events;
    events.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const float value = score[rows[i]];
        if (!std::isfinite(value)) {
            throw InputError(
                concat("score of row ", rows[i], " is ", value, " although the row is mapped"));
        }
        events.emplace_back(value, pack(bins[i], in_sr[i] != 0));
    }
    sort_by_descending_score(events);
    return events;
}

}  // namespace

SculptingStudy::SculptingStudy(std::span<const double> mass, std::span<const std::uint8_t> mapped,
                               const MassWindow& signal_region, const SculptingOptions& options)
    : size_(mass.size()),
      edges_(equal_content_edges(counted_masses(mass, mapped, options.denominator), options.bins)),
      full_(histogram(bin_indices(counted_masses(mass, mapped, options.denominator), edges_),
                      options.bins)),
      null_(full_) {
    std::vector<double> mapped_masses;
    for (std::size_t row = 0; row < mass.size(); ++row) {
        const bool is_mapped = mapped.empty() || mapped[row] != 0;
        const bool in_sr = signal_region.contains(mass[row]);
        if (in_sr && (is_mapped || options.denominator == Denominator::all)) {
            ++signal_region_events_;
        }
        if (!is_mapped) {
            ++not_mapped_;
            continue;
        }
        rows_.push_back(static_cast<std::uint32_t>(row));
        in_sr_.push_back(in_sr ? 1 : 0);
        mapped_masses.push_back(mass[row]);
    }
    bins_ = bin_indices(mapped_masses, edges_);
    if (signal_region_events_ == 0) {
        throw InputError("no test event lies in the signal region " + signal_region.text() +
                         ": a threshold cannot be set; check the window and its unit");
    }
}

SculptingResult SculptingStudy::evaluate(std::span<const float> score,
                                         std::span<const double> efficiencies,
                                         RandomStream stream) const {
    expects(score.size() == size_, "every event has a score");
    const std::vector<ScoredWord> events = mapped_scores(score, rows_, bins_, in_sr_);
    std::vector<float> in_sr;
    for (const ScoredWord& event : events) {
        if (is_in_sr(event)) in_sr.push_back(event.score());
    }
    const std::size_t points = efficiencies.size();
    SculptingResult result{std::vector<double>(points), std::vector<std::int64_t>(points),
                           Matrix<std::int64_t>(points, full_.size()), std::vector<double>(points),
                           std::vector<double>(points)};
    for (std::size_t i = 0; i < points; ++i) {
        check_interrupt();
        result.threshold[i] = score_threshold(in_sr, signal_region_events_, efficiencies[i]);
        std::vector<std::int64_t> counts(full_.size(), 0);
        std::int64_t& n = result.selected[i];
        for (const ScoredWord& event : events) {
            if (static_cast<double>(event.score()) < result.threshold[i]) break;
            ++counts[bin_of(event)];
            ++n;
        }
        std::ranges::copy(counts, result.histogram.row(i).begin());
        result.chi2_per_dof[i] = null_.chi2_per_dof(counts, efficiencies[i]);
        result.p_value[i] = null_.p_value(result.chi2_per_dof[i], n, efficiencies[i], stream);
    }
    return result;
}

std::vector<RandomSelectionNull::Summary> SculptingStudy::null(
    std::span<const double> efficiencies) const {
    std::vector<RandomSelectionNull::Summary> result;
    for (const double efficiency : efficiencies) {
        const auto n = std::llround(efficiency * static_cast<double>(null_.events()));
        result.push_back(null_.summary(n, efficiency));
    }
    return result;
}

}  // namespace lacathode
