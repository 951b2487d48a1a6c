#include "lacathode/stages/combine_scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/events/mapping_report.hpp"
#include "lacathode/stages/events/score_alignment.hpp"
#include "lacathode/stages/events/scored_events.hpp"
#include "lacathode/stages/events/signal_in_training.hpp"
#include "lacathode/stages/events/training_guard.hpp"
#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {
namespace {

void require_backgrounds(const CombineScores::Config& config, const CombineScores::Paths& paths) {
    const std::size_t backgrounds = paths.background_scores.size();
    Problems found;
    if (config.by == Combination::aligned) {
        found.unless(backgrounds == paths.scores.size(),
                     "combine_scores.by = aligned needs what each classifier says of its "
                     "background: name one file for each of the ",
                     paths.scores.size(),
                     " of --scores, in their order, with --background-scores; ", backgrounds,
                     " given");
    } else {
        found.unless(backgrounds == 0,
                     "--background-scores are for combine_scores.by = aligned; leave them out");
    }
    require_no_problems("options of lacathode-combine-scores", found.take());
}

void require_same_events(const EventReader& reader, const EventReader& first) {
    const EventHeader& a = reader.header();
    const EventHeader& b = first.header();
    require_known_origins(reader.path(), reader.provenance().origins);
    if (a.method != b.method || a.signal_region != b.signal_region) {
        refuse_together(
            reader, first,
            "differ in method or signal region: combine scores of one method in one region");
    }
    if (a.rows != b.rows || a.mass != b.mass ||
        reader.provenance().origins != first.provenance().origins) {
        refuse_together(
            reader, first,
            "hold different events, or go back to different events files: combine scores of "
            "one events file");
    }
}

}  // namespace

Section CombineScores::section(Config& c) {
    return {name,
            {{"by", "",
              "mean of the scores; or aligned: minus the mean logarithm of the fraction of each "
              "classifier's background (--background-scores) with as high a score.",
              choice(c.by, {"mean", "aligned"})},
             block_rows_field(c.block_rows)}};
}

std::vector<Argument> CombineScores::arguments(Paths& paths) {
    return {{"scores", ArgumentKind::input, "One scores file a classifier, all of the same events.",
             &paths.scores},
            {"background_scores", ArgumentKind::input,
             "For each of them, in order, the scores file of the same classifier's background.",
             &paths.background_scores, Presence::optional},
            {"output", ArgumentKind::output, "Scores file to write.", &paths.output}};
}

EventTable CombineScores::compute(const Config& config, const std::vector<EventTable>& scored,
                                  const std::vector<std::vector<float>>& references,
                                  Compared compared) {
    const auto contribution = [&](std::size_t i, std::size_t row) {
        const float score = scored[i].features(row, 0);
        if (config.by == Combination::mean) return static_cast<double>(score);
        const bool is_reference =
            compared == Compared::themselves && scored[i].partition[row] == Partition::validation;
        return -std::log(is_reference ? efficiency_among_others(score, references[i])
                                      : background_efficiency(score, references[i]));
    };
    EventTable combined = scored.front();
    combined.mapped.resize(combined.size(), 1);
    for (const EventTable& one : scored) keep_what_all_agree_on(combined, one);
    for (std::size_t row = 0; row < combined.size(); ++row) {
        float& score = combined.features(row, 0);
        if (!combined.is_mapped(row)) {
            score = std::numeric_limits<float>::quiet_NaN();
            continue;
        }
        double sum = 0;
        for (std::size_t i = 0; i < scored.size(); ++i) sum += contribution(i, row);
        score = static_cast<float>(sum / static_cast<double>(scored.size()));
    }
    return combined;
}

void CombineScores::run(const Config& config, const Paths& paths, Job& job) {
    require_backgrounds(config, paths);
    const std::vector<EventReader> scores = open_scores(paths.scores, "scores", job);
    const std::vector<EventReader> backgrounds =
        open_scores(paths.background_scores, "background_scores", job);
    for (const EventReader& reader : scores) require_same_events(reader, scores.front());
    require_distinct(scores);
    std::vector<std::vector<float>> references;
    for (std::size_t i = 0; i < backgrounds.size(); ++i) {
        require_same_classifier(backgrounds[i], scores[i]);
        references.push_back(read_reference(backgrounds[i], config.block_rows));
    }
    EventHeader header = scores.front().header();
    header.has_mapped = true;
    header.flow_hash = combined_hash(name, scores, backgrounds);
    header.counts.clear();
    const std::size_t rows = header.rows;
    const Compared compared =
        std::ranges::equal(scores, backgrounds, {}, &EventReader::content_hash,
                           &EventReader::content_hash)
            ? Compared::themselves
            : Compared::others;
    EventWriter writer(paths.output, EventKind::scores, header, job.overwrite());
    MappingReport mapping(header.signal_region, header.flow_region);
    Progress progress("combine scores", rows);
    for (std::size_t first = 0; first < rows; first += config.block_rows) {
        check_interrupt();
        const EventTable combined =
            compute(config,
                    read_together(scores, first, config.block_rows, same_events,
                                  "combine scores of one events file"),
                    references, compared);
        mapping.add(combined);
        writer.append(combined);
        progress.add(combined.size());
    }
    Counts counts = mapping.counts();
    count_signal_in_training(counts, most_signal_in_training(scores));
    writer.set_counts(std::move(counts));
    job.goes_back_to(scores.front().provenance().origins);
    job.report("classifiers", static_cast<std::int64_t>(scores.size()));
    mapping.report(job);
    job.commit(writer);
}

}  // namespace lacathode
