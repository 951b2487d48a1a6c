// Does a cut on an anomaly score sculpt the mass spectrum? docs/method.md, section 6
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/matrix.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/stats/random_selection.hpp"
#include "lacathode/stats/roc.hpp"
#include "lacathode/stats/weighted_selection.hpp"

namespace lacathode {

namespace stats::detail {
class ScoredWord;
}

/// The masses at which the spectrum is compared.
enum class Judged {
    everywhere,  ///< of background, known by its labels
    sidebands,   ///< of data, where a bump in the signal region is what one hopes for
};

struct SculptingOptions {
    std::size_t bins = 300;  ///< B, of equal content
    Unmapped unmapped = Unmapped::rejected;
    Judged judged = Judged::everywhere;
};

/// One set of scores at G efficiencies.
struct SculptingResult {
    std::vector<double> threshold;        ///< [G] selected: score >= threshold
    std::vector<std::int64_t> selected;   ///< [G] events selected, of those that are judged
    Matrix<std::int64_t> histogram;       ///< [G, B] of the selected events
    std::vector<double> chi2_per_dof;     ///< [G] eq. (5) / (B - 1); of sidebands eps is n / N
    std::vector<double> p_value;          ///< [G] RandomSelectionNull::p_value
    std::vector<std::uint8_t> simulated;  ///< [G] 1 where that was simulated
    Matrix<double> weights = {};          ///< [G, B] sums of the selected weights; empty: none
};

/// The test events of a sculpting study; holds the binning, which every set of scores shares.
class SculptingStudy {
  public:
    /// `mass` [N], `mapped` [N] or empty (all mapped), `weight` [N] or empty (one each). Throws
    /// InputError if no event that counts lies in the signal region, or as equal_content_edges does
    /// (fewer events than bins, ...), or WeightedSelectionNull.
    SculptingStudy(std::span<const double> mass, std::span<const std::uint8_t> mapped,
                   const MassWindow& signal_region, const SculptingOptions& options = {},
                   std::span<const float> weight = {});

    /// Selects a fraction eps of the signal region, for every eps of `efficiencies` [G]: the
    /// threshold is the (1 - eps) quantile of the signal region's scores (linear between order
    /// statistics; events not mapped stand below every score, or above under Unmapped::selected),
    /// and is applied at every mass.
    /// Events with a score equal to the threshold are selected: with many equal scores more than
    /// eps survive (`selected` says how many; constant scores select everything, chi2 is 0 and
    /// p is 1). With weights eps is that of the signal region's sum of weights, and chi2 and p are
    /// those of WeightedSelectionNull. `score` [N]; of events not mapped it is ignored. Throws
    /// UsageError unless every 0 < eps <= 1, InputError if a mapped event's score is not finite or
    /// eps exceeds the mapped fraction of the signal region.
    ///
    /// Every point that simulates starts from `stream`: give every call an index of its own.
    ///
    /// The p-value is conditional on the number selected. The threshold fixes the signal region's
    /// share and leaves the total random, which moves p by less than a simulation can tell (test
    /// "CalibratedThroughTheThreshold").
    [[nodiscard]] SculptingResult evaluate(std::span<const float> score,
                                           std::span<const double> efficiencies,
                                           RandomStream stream) const;

    /// The null at each efficiency for a selection of round(eps N) events.
    [[nodiscard]] std::vector<RandomSelectionNull::Summary> null(
        std::span<const double> efficiencies) const;
    /// The null of a selection of n events at the efficiency n / N.
    [[nodiscard]] RandomSelectionNull::Summary null(std::int64_t n) const;

    [[nodiscard]] const std::vector<double>& edges() const noexcept { return edges_; }  ///< [B + 1]
    [[nodiscard]] const std::vector<std::int64_t>& full() const noexcept { return full_; }  ///< [B]
    /// Sums of the weights in the bins before the cut. [B]; empty: no weights
    [[nodiscard]] std::vector<double> full_weights() const {
        return weighted_ ? weighted_->full() : std::vector<double>();
    }
    /// Events before the cut that are judged, and events of all that are not mapped.
    [[nodiscard]] std::int64_t events() const noexcept { return null_.events(); }
    [[nodiscard]] std::int64_t not_mapped() const noexcept { return not_mapped_; }

  private:
    struct Binning;
    SculptingStudy(std::span<const double> mass, std::span<const std::uint8_t> mapped,
                   const MassWindow& signal_region, const SculptingOptions& options,
                   std::span<const float> weight, const Binning& judged);

    struct Event {
        std::uint32_t row;
        std::uint32_t bin;  // B if it is not judged
        bool in_signal_region;
        bool mapped;
        float weight;
    };
    // What a cut asks of an event.
    struct Placed {
        std::uint32_t bin;  // B if it is not judged
        bool in_signal_region;
        float weight;
    };
    /// `rest` [events_] of each word.
    [[nodiscard]] std::vector<stats::detail::ScoredWord> by_descending_score(
        std::span<const float> score, std::span<const std::uint32_t> rest) const;
    /// `event_of` gives the event of a word, as Placed; `words` by descending score.
    template <class EventOf>
    [[nodiscard]] SculptingResult evaluate_in_order(
        const std::vector<stats::detail::ScoredWord>& words, const EventOf& event_of,
        std::span<const double> efficiencies, const RandomStream& stream) const;

    // eps of eq. (5): signal in the signal region may leave few sideband events above a threshold
    // that keeps `efficiency` there.
    [[nodiscard]] double nominal_efficiency(double efficiency, std::int64_t n) const;

    std::size_t size_;  // N, rows given
    Judged judged_;
    std::vector<Event> events_;  // that may be selected
    std::int64_t signal_region_events_ = 0;
    double signal_region_weight_ = 0;
    std::int64_t not_mapped_ = 0;
    std::vector<double> edges_;
    std::vector<std::int64_t> full_;
    RandomSelectionNull null_;
    std::optional<WeightedSelectionNull> weighted_;
};

}  // namespace lacathode
