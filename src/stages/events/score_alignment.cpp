#include "lacathode/stages/events/score_alignment.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/file_hash.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/frame/job.hpp"

namespace lacathode {
void refuse_together(const EventReader& a, const EventReader& b, const std::string& problem) {
    throw InputError(concat(a.path(), " and ", b.path(), ' ', problem));
}

std::vector<EventReader> open_scores(const std::vector<std::string>& paths, const std::string& role,
                                     Job& job) {
    std::vector<EventReader> readers;
    for (const std::string& path : paths) {
        const EventReader& reader = readers.emplace_back(path, EventKind::scores);
        job.made_from(reader.record(concat(role, '_', two_digits(readers.size() - 1))));
    }
    return readers;
}

void require_distinct(const std::vector<EventReader>& scores) {
    for (auto reader = scores.begin(); reader != scores.end(); ++reader) {
        const auto same = std::find_if(scores.begin(), reader, [&](const EventReader& other) {
            return other.content_hash() == reader->content_hash();
        });
        if (same != reader)
            refuse_together(*reader, *same,
                            "have the same content: name each classifier's scores once");
    }
}

std::vector<EventTable> read_together(
    const std::vector<EventReader>& scores, std::size_t first, std::size_t count,
    const std::function<bool(const EventTable&, const EventTable&)>& are_same,
    const std::string& what_to_do) {
    std::vector<EventTable> blocks;
    for (const EventReader& reader : scores) {
        blocks.push_back(reader.read(first, count));
        if (are_same(blocks.back(), blocks.front())) continue;
        refuse_together(reader, scores.front(),
                        concat("hold different events from row ", first, " on: ", what_to_do));
    }
    return blocks;
}

void require_same_classifier(const EventReader& background, const EventReader& scores) {
    const EventHeader& a = background.header();
    const EventHeader& b = scores.header();
    if (a.flow_hash == b.flow_hash && a.method == b.method && a.signal_region == b.signal_region)
        return;
    refuse_together(background, scores,
                    concat("come from different classifiers (", a.flow_hash, " and ", b.flow_hash,
                           "): give --background-scores in the order of --scores"));
}

void require_other_events(const EventReader& background, const std::vector<EventReader>& scores) {
    const auto same =
        std::ranges::find(scores, background.content_hash(), &EventReader::content_hash);
    if (same == scores.end()) return;
    refuse_together(background, *same,
                    "have the same content: --background-scores are those of the reference, which "
                    "is no data; score the background of the classifier");
}

std::vector<float> read_reference(const EventReader& background, std::size_t block_rows) {
    const MassWindow& window = background.header().signal_region;
    std::vector<float> reference;
    for (const EventTable& events : background.blocks(block_rows)) {
        if (!events.counts_rows()) {
            throw InputError(concat(background.path(),
                                    ": has events of other weights than one, by "
                                    "which scores are not aligned: align by generated background "
                                    "(lacathode, cathode), which has none"));
        }
        if (!std::ranges::all_of(events.partition, is_trained_on)) {
            throw InputError(concat(background.path(),
                                    ": has test or evaluation events, so these are scores of data "
                                    "and no --background-scores: score the background that the "
                                    "classifier was trained with"));
        }
        for (const std::size_t row :
             rows_of(events, Partition::validation, Region::signal_region, window)) {
            if (events.is_mapped(row)) reference.push_back(events.features(row, 0));
        }
    }
    require_events(reference.size(), 1, "mapped validation events in the signal region",
                   background.path());
    std::ranges::sort(reference);
    return reference;
}

namespace {

double passing(float score, const std::vector<float>& reference) {
    return static_cast<double>(
        std::distance(std::ranges::lower_bound(reference, score), reference.end()));
}

}  // namespace

double background_efficiency(float score, const std::vector<float>& reference) {
    return (1 + passing(score, reference)) / (1 + static_cast<double>(reference.size()));
}

double efficiency_among_others(float score, const std::vector<float>& reference) {
    // One of those that pass is the event itself.
    return std::max(1.0, passing(score, reference)) / static_cast<double>(reference.size());
}

float aligned_score(double background_efficiency) {
    return static_cast<float>(-std::log(background_efficiency));
}

bool passes_cut(float aligned_score, double efficiency) {
    return std::exp(-static_cast<double>(aligned_score)) <= efficiency;
}

std::size_t reference_events_of(const EventHeader& scores) {
    const auto found =
        std::ranges::find(scores.counts, reference_events, &Counts::value_type::first);
    return found == scores.counts.end() ? 0 : static_cast<std::size_t>(found->second);
}

std::string combined_hash(const std::string& stage, const std::vector<EventReader>& scores,
                          const std::vector<EventReader>& backgrounds) {
    std::string text = stage;
    for (const EventReader& reader : scores) text += "\n" + reader.header().flow_hash;
    for (const EventReader& reader : backgrounds) text += "\n" + reader.content_hash();
    return text_hash(text);
}

}  // namespace lacathode
