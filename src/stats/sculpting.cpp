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

std::vector<double> judged_masses(std::span<const double> mass,
                                  std::span<const std::uint8_t> mapped,
                                  const MassWindow& signal_region,
                                  const SculptingOptions& options) {
    return values_at(mass, judged_rows(mass, mapped, signal_region, options));
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

SculptingStudy::SculptingStudy(std::span<const double> mass, std::span<const std::uint8_t> mapped,
                               const MassWindow& signal_region, const SculptingOptions& options,
                               std::span<const float> weight)
    : size_(mass.size()),
      judged_(options.judged),
      edges_(
          equal_content_edges(judged_masses(mass, mapped, signal_region, options), options.bins)),
      full_(histogram(bin_indices(judged_masses(mass, mapped, signal_region, options), edges_),
                      options.bins)),
      null_(full_) {
    expects(weight.empty() || weight.size() == mass.size(), "a weight an event, or none");
    if (!weight.empty()) {
        const auto judged = judged_rows(mass, mapped, signal_region, options);
        weighted_.emplace(bin_indices(values_at(mass, judged), edges_), values_at(weight, judged),
                          options.bins);
    }
    std::vector<double> binned_masses;
    for (std::size_t row = 0; row < mass.size(); ++row) {
        const bool in_signal_region = signal_region.contains(mass[row]);
        const bool has_z = is_mapped(mapped, row);
        not_mapped_ += has_z ? 0 : 1;
        if (!has_z && options.unmapped == Unmapped::excluded) continue;
        const float one = weight.empty() ? 1.0F : weight[row];
        signal_region_events_ += in_signal_region ? 1 : 0;
        signal_region_weight_ += in_signal_region ? double{one} : 0;
        if (!has_z && options.unmapped == Unmapped::rejected) continue;
        const bool judged = options.judged == Judged::everywhere || !in_signal_region;
        if (judged) binned_masses.push_back(mass[row]);
        events_.push_back({.row = static_cast<std::uint32_t>(row),
                           .bin = judged ? 0 : static_cast<std::uint32_t>(options.bins),
                           .in_signal_region = in_signal_region,
                           .mapped = has_z,
                           .weight = one});
    }
    const std::vector<std::uint32_t> bins = bin_indices(binned_masses, edges_);
    auto bin = bins.begin();
    for (Event& event : events_) {
        if (event.bin == 0) event.bin = *bin++;
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

SculptingResult SculptingStudy::evaluate(std::span<const float> score,
                                         std::span<const double> efficiencies,
                                         RandomStream stream) const {
    expects(score.size() == size_, "every event has a score");
    if (weighted_) return evaluate_weighted(score, efficiencies, stream);
    std::vector<std::uint32_t> packed;
    packed.reserve(events_.size());
    for (const Event& event : events_) packed.push_back(pack(event.bin, event.in_signal_region));
    const std::vector<ScoredWord> events = by_descending_score(score, packed);
    std::vector<float> in_sr;
    for (const ScoredWord& event : events) {
        if (is_in_sr(event)) in_sr.push_back(event.score());
    }
    const std::size_t points = efficiencies.size();
    SculptingResult result{std::vector<double>(points),
                           std::vector<std::int64_t>(points),
                           Matrix<std::int64_t>(points, full_.size()),
                           std::vector<double>(points),
                           std::vector<double>(points),
                           std::vector<std::uint8_t>(points)};
    for (std::size_t i = 0; i < points; ++i) {
        check_interrupt();
        result.threshold[i] = score_threshold(in_sr, signal_region_events_, efficiencies[i]);
        std::vector<std::int64_t> counts(full_.size() + 1, 0);  // last: events that are not judged
        for (const ScoredWord& event : events) {
            if (static_cast<double>(event.score()) < result.threshold[i]) break;
            ++counts[bin_of(event)];
        }
        counts.pop_back();
        const std::int64_t n = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
        result.selected[i] = n;
        std::ranges::copy(counts, result.histogram.row(i).begin());
        const double efficiency = nominal_efficiency(efficiencies[i], n);
        result.chi2_per_dof[i] = null_.chi2_per_dof(counts, efficiency);
        result.p_value[i] = null_.p_value(result.chi2_per_dof[i], n, efficiency, stream);
        result.simulated[i] = null_.needs_simulation(n) ? 1 : 0;
    }
    return result;
}

SculptingResult SculptingStudy::evaluate_weighted(std::span<const float> score,
                                                  std::span<const double> efficiencies,
                                                  const RandomStream& stream) const {
    std::vector<std::uint32_t> index(events_.size());
    std::iota(index.begin(), index.end(), 0U);
    const std::vector<ScoredWord> words = by_descending_score(score, index);
    std::vector<float> in_sr;
    std::vector<float> weights_in_sr;
    for (const ScoredWord& word : words) {
        if (!events_[word.rest()].in_signal_region) continue;
        in_sr.push_back(word.score());
        weights_in_sr.push_back(events_[word.rest()].weight);
    }
    const std::size_t points = efficiencies.size();
    SculptingResult result{std::vector<double>(points),
                           std::vector<std::int64_t>(points),
                           Matrix<std::int64_t>(points, full_.size()),
                           std::vector<double>(points),
                           std::vector<double>(points),
                           std::vector<std::uint8_t>(points),
                           Matrix<double>(points, full_.size())};
    for (std::size_t i = 0; i < points; ++i) {
        check_interrupt();
        result.threshold[i] =
            score_threshold(in_sr, weights_in_sr, signal_region_weight_, efficiencies[i]);
        for (const ScoredWord& word : words) {
            if (static_cast<double>(word.score()) < result.threshold[i]) break;
            const Event& event = events_[word.rest()];
            if (event.bin == full_.size()) continue;  // not judged
            ++result.selected[i];
            ++result.histogram(i, event.bin);
            result.weights(i, event.bin) += double{event.weight};
        }
        const std::int64_t n = result.selected[i];
        result.chi2_per_dof[i] = weighted_->chi2_per_dof(result.weights.row(i), n);
        result.p_value[i] = weighted_->p_value(result.chi2_per_dof[i], n, stream);
        result.simulated[i] = weighted_->needs_simulation(n) ? 1 : 0;
    }
    return result;
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
