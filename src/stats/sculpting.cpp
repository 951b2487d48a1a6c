#include "lacathode/stats/sculpting.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/core/values_at.hpp"
#include "lacathode/stats/equal_content_bins.hpp"
#include "lacathode/stats/score_threshold.hpp"
#include "stats/sort.hpp"

namespace lacathode {
namespace {

bool is_mapped(std::span<const std::uint8_t> mapped, std::size_t row) {
    return mapped.empty() || mapped[row] != 0;
}

// The events before the cut.
std::vector<std::size_t> judged_rows(std::span<const double> mass,
                                     std::span<const std::uint8_t> mapped,
                                     const MassWindow& signal_region,
                                     const SculptingOptions& options) {
    expects(mapped.empty() || mapped.size() == mass.size(), "mapped is empty or has N entries");
    std::vector<std::size_t> judged;
    for (std::size_t row = 0; row < mass.size(); ++row) {
        if (options.unmapped == Unmapped::excluded && !is_mapped(mapped, row)) continue;
        if (options.judged == Judged::sidebands && signal_region.contains(mass[row])) continue;
        judged.push_back(row);
    }
    return judged;
}

std::vector<std::int64_t> histogram(const std::vector<std::uint32_t>& bins, std::size_t count) {
    std::vector<std::int64_t> contents(count, 0);
    for (const std::uint32_t bin : bins) ++contents[bin];
    return contents;
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

}  // namespace

// The events that are judged.
struct SculptingStudy::Binning {
    Binning(std::span<const double> mass, std::span<const std::uint8_t> mapped,
            const MassWindow& signal_region, const SculptingOptions& options)
        : rows(judged_rows(mass, mapped, signal_region, options)),
          masses(values_at(mass, rows)),
          edges(equal_content_edges(masses, options.bins)),
          bins(bin_indices(masses, edges)) {}

    std::vector<std::size_t> rows;
    std::vector<double> masses;  // of each row, as the bins
    std::vector<double> edges;
    std::vector<std::uint32_t> bins;
};

SculptingStudy::SculptingStudy(std::span<const double> mass, std::span<const std::uint8_t> mapped,
                               const MassWindow& signal_region, const SculptingOptions& options,
                               std::span<const float> weight)
    : SculptingStudy(mass, mapped, signal_region, options, weight,
                     Binning(mass, mapped, signal_region, options)) {}

SculptingStudy::SculptingStudy(std::span<const double> mass, std::span<const std::uint8_t> mapped,
                               const MassWindow& signal_region, const SculptingOptions& options,
                               std::span<const float> weight, const Binning& judged)
    : size_(mass.size()),
      judged_(options.judged),
      edges_(judged.edges),
      full_(histogram(judged.bins, options.bins)),
      null_(full_) {
    expects(weight.empty() || weight.size() == mass.size(), "a weight an event, or none");
    if (!weight.empty())
        weighted_.emplace(judged.bins, values_at(weight, judged.rows), options.bins);
    std::vector<std::uint32_t> bins(mass.size(), static_cast<std::uint32_t>(options.bins));
    for (std::size_t i = 0; i < judged.rows.size(); ++i) bins[judged.rows[i]] = judged.bins[i];
    for (std::size_t row = 0; row < mass.size(); ++row) {
        const bool in_signal_region = signal_region.contains(mass[row]);
        const bool has_z = is_mapped(mapped, row);
        not_mapped_ += has_z ? 0 : 1;
        if (!has_z && options.unmapped == Unmapped::excluded) continue;
        const float one = weight.empty() ? 1.0F : weight[row];
        signal_region_events_ += in_signal_region ? 1 : 0;
        signal_region_weight_ += in_signal_region ? double{one} : 0;
        if (!has_z && options.unmapped == Unmapped::rejected) continue;
        events_.push_back({.row = static_cast<std::uint32_t>(row),
                           .bin = bins[row],
                           .in_signal_region = in_signal_region,
                           .mapped = has_z,
                           .weight = one});
    }
    if (signal_region_events_ == 0) {
        throw InputError("no test event lies in the signal region " + signal_region.text() +
                         ": a threshold cannot be set; check the window and its unit");
    }
}

std::vector<ScoredWord> SculptingStudy::by_descending_score(
    std::span<const float> score, std::span<const std::uint32_t> rest) const {
    std::vector<ScoredWord> words;
    words.reserve(events_.size());
    for (std::size_t i = 0; i < events_.size(); ++i) {
        const Event& event = events_[i];
        const float value =
            event.mapped ? score[event.row] : std::numeric_limits<float>::infinity();
        if (event.mapped && !std::isfinite(value)) {
            throw InputError(
                concat("score of row ", event.row, " is ", value, " although the row is mapped"));
        }
        words.emplace_back(value, rest[i]);
    }
    sort_by_descending_score(words);
    return words;
}

template <class EventOf>
SculptingResult SculptingStudy::evaluate_in_order(const std::vector<ScoredWord>& words,
                                                  const EventOf& event_of,
                                                  std::span<const double> efficiencies,
                                                  const RandomStream& stream) const {
    std::vector<float> in_sr;
    std::vector<float> weights_in_sr;
    for (const ScoredWord& word : words) {
        const Placed event = event_of(word);
        if (!event.in_signal_region) continue;
        in_sr.push_back(word.score());
        if (weighted_) weights_in_sr.push_back(event.weight);
    }
    const std::size_t points = efficiencies.size();
    SculptingResult result{std::vector<double>(points),
                           std::vector<std::int64_t>(points),
                           Matrix<std::int64_t>(points, full_.size()),
                           std::vector<double>(points),
                           std::vector<double>(points),
                           std::vector<std::uint8_t>(points),
                           weighted_ ? Matrix<double>(points, full_.size()) : Matrix<double>()};
    for (std::size_t i = 0; i < points; ++i) {
        check_interrupt();
        const double threshold =
            weighted_
                ? score_threshold(in_sr, weights_in_sr, signal_region_weight_, efficiencies[i])
                : score_threshold(in_sr, signal_region_events_, efficiencies[i]);
        std::vector<std::int64_t> counts(full_.size(), 0);
        for (const ScoredWord& word : words) {
            if (static_cast<double>(word.score()) < threshold) break;
            const Placed event = event_of(word);
            if (event.bin == full_.size()) continue;  // not judged
            ++counts[event.bin];
            if (weighted_) result.weights(i, event.bin) += double{event.weight};
        }
        const std::int64_t n = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
        result.threshold[i] = threshold;
        result.selected[i] = n;
        std::ranges::copy(counts, result.histogram.row(i).begin());
        if (weighted_) {
            result.chi2_per_dof[i] = weighted_->chi2_per_dof(result.weights.row(i), n);
            result.p_value[i] = weighted_->p_value(result.chi2_per_dof[i], n, stream);
            result.simulated[i] = weighted_->needs_simulation(n) ? 1 : 0;
        } else {
            const double efficiency = nominal_efficiency(efficiencies[i], n);
            result.chi2_per_dof[i] = null_.chi2_per_dof(counts, efficiency);
            result.p_value[i] = null_.p_value(result.chi2_per_dof[i], n, efficiency, stream);
            result.simulated[i] = null_.needs_simulation(n) ? 1 : 0;
        }
    }
    return result;
}

// Words of events without weights hold all there is to know: nothing is looked up.
SculptingResult SculptingStudy::evaluate(std::span<const float> score,
                                         std::span<const double> efficiencies,
                                         RandomStream stream) const {
    expects(score.size() == size_, "every event has a score");
    std::vector<std::uint32_t> rest(events_.size());
    if (weighted_) {
        std::iota(rest.begin(), rest.end(), 0U);
        const auto looked_up = [this](const ScoredWord& word) {
            const Event& event = events_[word.rest()];
            return Placed{event.bin, event.in_signal_region, event.weight};
        };
        return evaluate_in_order(by_descending_score(score, rest), looked_up, efficiencies, stream);
    }
    std::ranges::transform(events_, rest.begin(), [](const Event& event) {
        return pack(event.bin, event.in_signal_region);
    });
    const auto unpacked = [](const ScoredWord& word) {
        return Placed{bin_of(word), is_in_sr(word), 1.0F};
    };
    return evaluate_in_order(by_descending_score(score, rest), unpacked, efficiencies, stream);
}

double SculptingStudy::nominal_efficiency(double efficiency, std::int64_t n) const {
    if (judged_ == Judged::everywhere) return efficiency;
    return static_cast<double>(n) / static_cast<double>(null_.events());
}

RandomSelectionNull::Summary SculptingStudy::null(std::int64_t n) const {
    if (weighted_) return weighted_->summary(n);
    return null_.summary(n, static_cast<double>(n) / static_cast<double>(null_.events()));
}

std::vector<RandomSelectionNull::Summary> SculptingStudy::null(
    std::span<const double> efficiencies) const {
    std::vector<RandomSelectionNull::Summary> result;
    for (const double efficiency : efficiencies) {
        const auto n = std::llround(efficiency * static_cast<double>(null_.events()));
        result.push_back(weighted_ ? weighted_->summary(n) : null_.summary(n, efficiency));
    }
    return result;
}

}  // namespace lacathode
