#include "lacathode/stages/combine_folds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/events/mapping_report.hpp"
#include "lacathode/stages/events/score_alignment.hpp"
#include "lacathode/stages/events/signal_in_training.hpp"
#include "lacathode/stages/events/training_guard.hpp"
#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {
namespace {

constexpr std::size_t no_fold = std::numeric_limits<std::size_t>::max();

void require_paths(const CombineFolds::Paths& paths) {
    Problems found;
    found.unless(paths.scores.size() <= most_folds, paths.scores.size(),
                 " files of --scores; there may be ", most_folds, " folds at most");
    found.unless(paths.background_scores.size() == paths.scores.size(),
                 "--background-scores names ", paths.background_scores.size(),
                 " files: give what each of the ", paths.scores.size(),
                 " folds of --scores says of its reference, in their order");
    require_no_problems("options of lacathode-combine-folds", found.take());
}

void require_one_method(const EventReader& reader, const EventReader& first) {
    const EventHeader& a = reader.header();
    const EventHeader& b = first.header();
    require_known_origins(reader.path(), reader.provenance().origins);
    if (a.method == b.method && a.signal_region == b.signal_region && a.rows == b.rows &&
        a.mass == b.mass)
        return;
    refuse_together(reader, first,
                    "differ in method, signal region or number of events: combine folds of one "
                    "method and one input");
}

// Which part of the data an event is in differs from fold to fold.
bool same_but_for_the_split(const EventTable& a, const EventTable& b) {
    return a.mass == b.mass && a.label == b.label && a.source_row == b.source_row &&
           a.weight == b.weight;
}

// Which fold scores the row; no_fold if all models may have seen it.
std::size_t fold_of(const std::vector<EventTable>& scored, std::size_t row) {
    const EventTable& first = scored.front();
    if (first.partition[row] == Partition::evaluation)
        return static_cast<std::uint64_t>(first.source_row[row]) % scored.size();
    std::size_t fold = no_fold;
    for (std::size_t i = 0; i < scored.size(); ++i) {
        if (scored[i].partition[row] != Partition::test) continue;
        if (fold != no_fold) {
            throw InputError(concat("the event of source row ", first.source_row[row],
                                    " is a test event of fold ", fold, " and of fold ", i,
                                    ": give each fold once, all of the same prepare.folds"));
        }
        fold = i;
    }
    return fold;
}

// Of one fold alone the other events are its training; of several, one is missing.
void require_no_data(const std::vector<EventTable>& scored, std::size_t row) {
    if (scored.size() == 1 || !is_trained_on(scored.front().partition[row])) return;
    throw InputError(concat("the event of source row ", scored.front().source_row[row],
                            " is a test event of none of the ", scored.size(),
                            " folds: give all that prepare.folds has"));
}

}  // namespace

Section CombineFolds::section(Config& c) {
    return {name, {block_rows_field(c.block_rows)}};
}

std::vector<Argument> CombineFolds::arguments(Paths& paths) {
    return {{"scores", ArgumentKind::input,
             "Scores file of each fold, in order: the same events, each a test event of one.",
             &paths.scores},
            {"background_scores", ArgumentKind::input,
             "For each of them, in order, the scores file of the same classifier's reference.",
             &paths.background_scores},
            {"output", ArgumentKind::output, "Scores file to write.", &paths.output}};
}

EventTable CombineFolds::compute(const std::vector<EventTable>& scored,
                                 const std::vector<std::vector<float>>& references) {
    const EventTable& first = scored.front();
    std::vector<std::size_t> rows;
    std::vector<std::uint8_t> folds;
    for (std::size_t row = 0; row < first.size(); ++row) {
        const std::size_t fold = fold_of(scored, row);
        if (fold == no_fold) {
            require_no_data(scored, row);
            continue;
        }
        rows.push_back(row);
        folds.push_back(static_cast<std::uint8_t>(fold));
    }
    EventTable combined = first.take(rows);
    combined.fold = std::move(folds);
    combined.mapped.assign(rows.size(), 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t fold = combined.fold[i];
        const EventTable& own = scored[fold];
        combined.partition[i] = own.partition[rows[i]];
        float& score = combined.features(i, 0);
        if (own.is_mapped(rows[i])) {
            score =
                aligned_score(background_efficiency(own.features(rows[i], 0), references[fold]));
        } else {
            combined.mapped[i] = 0;
            score = std::numeric_limits<float>::quiet_NaN();
        }
    }
    return combined;
}

void CombineFolds::run(const Config& config, const Paths& paths, Job& job) {
    require_paths(paths);
    const std::vector<EventReader> scores = open_scores(paths.scores, "scores", job);
    const std::vector<EventReader> backgrounds =
        open_scores(paths.background_scores, "background_scores", job);
    require_distinct(scores);
    EventOrigins origins;
    std::vector<std::vector<float>> references;
    std::size_t smallest = std::numeric_limits<std::size_t>::max();
    for (std::size_t i = 0; i < scores.size(); ++i) {
        require_one_method(scores[i], scores.front());
        require_other_events(backgrounds[i], scores);
        require_same_classifier(backgrounds[i], scores[i]);
        references.push_back(read_reference(backgrounds[i], config.block_rows));
        smallest = std::min(smallest, references.back().size());
        origins = united(std::move(origins), scores[i].provenance().origins);
    }
    EventHeader header = scores.front().header();
    header.has_mapped = true;
    header.has_fold = true;
    header.flow_hash = combined_hash(name, scores, backgrounds);
    header.counts.clear();
    const std::size_t rows = header.rows;
    EventWriter writer(paths.output, EventKind::scores, header, job.overwrite());
    MappingReport mapping(header.signal_region);
    Progress progress("combine folds", rows);
    for (std::size_t first = 0; first < rows; first += config.block_rows) {
        check_interrupt();
        const EventTable combined =
            compute(read_together(scores, first, config.block_rows, same_but_for_the_split,
                                  "combine folds of one input"),
                    references);
        mapping.add(combined);
        writer.append(combined);
        progress.add(combined.size());
    }
    Counts counts = mapping.counts();
    counts.emplace_back(reference_events, static_cast<std::int64_t>(smallest));
    count_signal_in_training(counts, most_signal_in_training(scores));
    writer.set_counts(std::move(counts));
    job.goes_back_to(std::move(origins));
    job.report("folds", static_cast<std::int64_t>(scores.size()));
    job.report(reference_events, static_cast<std::int64_t>(smallest));
    mapping.report(job);
    job.commit(writer);
}

}  // namespace lacathode
