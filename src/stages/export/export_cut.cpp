#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <tuple>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/score_alignment.hpp"
#include "lacathode/stages/export.hpp"
#include "lacathode/stages/search/spectrum_settings.hpp"
#include "lacathode/stats/score_threshold.hpp"

namespace lacathode {
namespace {

// [N]
std::vector<float> mean_score(const ScoredEvents& scored) {
    const auto retrainings = static_cast<double>(scored.scores.size());
    std::vector<float> mean(scored.events.size(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t row = 0; row < mean.size(); ++row) {
        if (!scored.events.is_mapped(row)) continue;
        double sum = 0;
        for (const std::vector<float>& scores : scored.scores) sum += scores[row];
        mean[row] = static_cast<float>(sum / retrainings);
    }
    return mean;
}

// The scores that a threshold is set on, highest first, and how many events they stand for.
struct Reference {
    std::vector<float> descending;
    std::vector<float> weight;  // of each of these
    double total_weight = 0;
    std::int64_t events = 0;
};

void sort_by_descending_score(Reference& reference) {
    std::vector<std::pair<float, float>> events;
    for (std::size_t i = 0; i < reference.descending.size(); ++i)
        events.emplace_back(reference.descending[i], reference.weight[i]);
    std::ranges::stable_sort(events, std::greater{}, &std::pair<float, float>::first);
    for (std::size_t i = 0; i < events.size(); ++i)
        std::tie(reference.descending[i], reference.weight[i]) = events[i];
}

Reference reference_of(const ScoredEvents& background, Unmapped unmapped,
                       const std::string& source) {
    const std::vector<float> score = mean_score(background);
    Reference reference;
    for (std::size_t row = 0; row < score.size(); ++row) {
        if (!background.signal_region.contains(background.events.mass[row])) continue;
        const bool mapped = background.events.is_mapped(row);
        const auto weight = static_cast<float>(background.events.weight_of(row));
        const bool counts = mapped || unmapped != Unmapped::excluded;
        reference.events += counts ? 1 : 0;
        reference.total_weight += counts ? double{weight} : 0;
        if (!mapped && unmapped != Unmapped::selected) continue;
        reference.descending.push_back(mapped ? score[row]
                                              : std::numeric_limits<float>::infinity());
        reference.weight.push_back(weight);
    }
    if (reference.events == 0) {
        throw InputError(concat(source, ": no test event lies in the signal region ",
                                background.signal_region.text(), ": a threshold cannot be set"));
    }
    sort_by_descending_score(reference);
    return reference;
}

// Of aligned scores the cut is that of lacathode-hunt, and not the data's.
SelectedEvents selected_by_reference(const Export::Config& config, const ScoredEvents& scored,
                                     SelectedEvents selected, const std::string& source) {
    const auto references = static_cast<double>(scored.reference_events);
    if (config.efficiency * references < least_of_reference) {
        throw InputError(concat(source, ": of its reference of ", scored.reference_events,
                                " background events fewer than ", least_of_reference,
                                " pass export.efficiency = ", config.efficiency,
                                ", which it cannot tell then: use a looser cut, or more of them "
                                "(run.reference)"));
    }
    selected.threshold = -std::log(config.efficiency);
    selected.reference_events = static_cast<std::int64_t>(scored.reference_events);
    selected.reference_selected = std::max<std::int64_t>(
        0, static_cast<std::int64_t>(config.efficiency * (references + 1)) - 1);
    selected.rows = rows_where(scored.events, [&](std::size_t row) {
        if (!scored.events.is_mapped(row)) return config.unmapped == Unmapped::selected;
        return passes_cut(selected.score[row], config.efficiency);
    });
    return selected;
}

}  // namespace

SelectedEvents Export::compute(const Config& config, const ScoredEvents& scored,
                               const std::string& source) {
    SelectedEvents selected{.rows = {}, .score = mean_score(scored), .threshold = {}};
    if (config.efficiency == 0) {
        selected.rows = rows_where(scored.events, [](std::size_t) { return true; });
        return selected;
    }
    if (scored.reference_events > 0) return selected_by_reference(config, scored, selected, source);
    const ScoredEvents background = background_events(scored, EvaluatedPart::test, source);
    const Reference reference = reference_of(background, config.unmapped, source);
    const double threshold =
        background.events.counts_rows()
            ? score_threshold(reference.descending, reference.events, config.efficiency)
            : score_threshold(reference.descending, reference.weight, reference.total_weight,
                              config.efficiency);
    selected.threshold = threshold;
    selected.reference_events = reference.events;
    selected.reference_selected = std::ranges::count_if(
        reference.descending, [&](float score) { return score >= threshold; });
    selected.rows = rows_where(scored.events, [&](std::size_t row) {
        if (!scored.events.is_mapped(row)) return config.unmapped == Unmapped::selected;
        return selected.score[row] >= threshold;
    });
    return selected;
}

}  // namespace lacathode
