#include "lacathode/stages/select_background.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/training_guard.hpp"

namespace lacathode {
namespace {

bool is_in_strips(double mass, const MassWindow& signal_region, double width) {
    return (signal_region.low() - width < mass && mass <= signal_region.low()) ||
           (signal_region.high() <= mass && mass < signal_region.high() + width);
}

// Events that were set aside are, for the classifier, what its training and validation sets are.
Partition partition_in_training(Partition partition) {
    switch (partition) {
        case Partition::reference_training:
            return Partition::training;
        case Partition::reference_validation:
            return Partition::validation;
        default:
            return partition;
    }
}

// Selected events of one part, in all and below the signal region.
struct PartCounts {
    std::size_t all = 0;
    std::size_t below = 0;
};

// What was selected, and between which masses all events of the file lie.
struct FileCounts {
    PartCounts training;
    PartCounts validation;
    double lowest = std::numeric_limits<double>::infinity();
    double highest = -std::numeric_limits<double>::infinity();

    void add(const EventTable& block, const EventTable& selected, const MassWindow& window) {
        for (const double mass : block.mass) {
            lowest = std::min(lowest, mass);
            highest = std::max(highest, mass);
        }
        for (std::size_t row = 0; row < selected.size(); ++row) {
            PartCounts& part =
                selected.partition[row] == Partition::training ? training : validation;
            ++part.all;
            part.below += selected.mass[row] <= window.low() ? 1 : 0;
        }
    }
};

// Calls use(selected rows) for each block of the file.
template <class Use>
FileCounts for_each_block(const SelectBackground::Config& config, Method method,
                          const EventReader& reader, const Use& use) {
    FileCounts found;
    const MassWindow& window = reader.header().signal_region;
    for (const EventTable& block : reader.blocks()) {
        const EventTable selected = SelectBackground::compute(config, method, block, window);
        found.add(block, selected, window);
        use(selected);
    }
    return found;
}

// Three digits, none of them too many.
double rounded_down(double width) {
    const double digit = std::pow(10, std::floor(std::log10(width)) - 2);
    return std::floor(width / digit) * digit;
}

// Strips that reach beyond the data are narrower than they say, or the whole sideband.
std::vector<std::string> strips_outside(const SelectBackground::Config& config,
                                        const FileCounts& found, const EventHeader& header) {
    const MassWindow& window = header.signal_region;
    const std::string unit = header.mass.unit;
    const double widest = std::min(window.low() - found.lowest, found.highest - window.high());
    Problems problems;
    problems.unless(
        config.strip_width <= widest, "select_background.strip_width = ", config.strip_width, " ",
        unit, " puts the strips of cwola between ", window.low() - config.strip_width, " and ",
        window.high() + config.strip_width, " ", unit, ", but the data lie between ", found.lowest,
        " and ", found.highest, " ", unit, ": ",
        widest > 0 ? concat("make it ", rounded_down(widest), " at most")
                   : concat("cwola needs data on both sides of the signal region ", window.text()));
    return problems.take();
}

std::vector<std::string> shortages(const SelectBackground::Config& config, Method method,
                                   const FileCounts& found, const EventHeader& header) {
    const bool are_strips = info(method).background == Background::strips;
    const std::string remedy =
        are_strips ? concat("widen select_background.strip_width = ", config.strip_width)
                   : "set some aside with prepare.extra_background, extra_training and "
                     "extra_validation";
    Problems problems;
    if (are_strips) problems.add(strips_outside(config, found, header));
    const auto need = [&](const PartCounts& counts, const char* part) {
        problems.unless(counts.all >= 2, counts.all, " ", part, " events stand for background of ",
                        method_name(method), "; 2 are needed at least: ", remedy);
        if (!are_strips || counts.all < 2) return;
        const auto need_strip = [&](std::size_t events, const char* side) {
            problems.unless(events > 0, "no ", part, " events in the strip ", side,
                            " the signal region ", header.signal_region.text(), ", but ",
                            counts.all, " in the other; ", method_name(method),
                            " needs both: ", remedy);
        };
        need_strip(counts.below, "below");
        need_strip(counts.all - counts.below, "above");
    };
    need(found.training, "training");
    need(found.validation, "validation");
    return problems.take();
}

}  // namespace

Section SelectBackground::section(Config& c) {
    return {name,
            {{"strip_width", "mass unit",
              "Width of each of the two strips beside the signal "
              "region (cwola).",
              &c.strip_width, Range::positive()}}};
}

std::vector<Argument> SelectBackground::arguments(Paths& paths) {
    return {{"method", ArgumentKind::choice, "cwola, idealised or supervised.", &paths.method,
             Presence::required, method_names(&MethodInfo::selects_background)},
            {"events", ArgumentKind::input, "Events file (from lacathode-prepare).", &paths.events},
            {"output", ArgumentKind::output, "Events file to write.", &paths.output}};
}

EventTable SelectBackground::compute(const Config& config, Method method, const EventTable& events,
                                     const MassWindow& signal_region) {
    const Background background = info(method).background;
    if (!info(method).selects_background()) {
        throw UsageError(concat("the background of ", method_name(method),
                                " is generated: use lacathode-sample"));
    }
    const auto is_background = [&](std::size_t row) {
        const Partition partition = events.partition[row];
        if (background == Background::strips) {
            return is_trained_on(partition) &&
                   is_in_strips(events.mass[row], signal_region, config.strip_width);
        }
        return is_set_aside(partition) && events.has_label() && events.label[row] == 0 &&
               signal_region.contains(events.mass[row]);
    };
    EventTable selected = events.take(rows_where(events, is_background));
    std::ranges::transform(selected.partition, selected.partition.begin(), partition_in_training);
    return selected;
}

std::vector<std::string> SelectBackground::lacks(const Config& config, Method method,
                                                 const EventReader& events) {
    const FileCounts found = for_each_block(config, method, events, [](const EventTable&) {});
    return shortages(config, method, found, events.header());
}

void SelectBackground::run(const Config& config, const Paths& paths, Job& job) {
    expects(paths.method.has_value(), "a background is for a method");
    const EventReader reader(paths.events, EventKind::events);
    require_known_origins(paths.events, reader.provenance().origins);
    EventHeader header = reader.header();
    header.method = paths.method;
    header.counts.clear();
    EventWriter writer(paths.output, EventKind::events, header, job.overwrite());
    const FileCounts found =
        for_each_block(config, *paths.method, reader,
                       [&](const EventTable& selected) { writer.append(selected); });
    const std::vector<std::string> short_of =
        shortages(config, *paths.method, found, reader.header());
    if (!short_of.empty()) throw InputError(concat(paths.events, ": ", joined(short_of, "; ")));
    const Counts written = {{"training_events", static_cast<std::int64_t>(found.training.all)},
                            {"validation_events", static_cast<std::int64_t>(found.validation.all)}};
    writer.set_counts(written);
    job.goes_back_to(reader.provenance().origins);
    job.made_from(reader.record("events"));
    job.report("method", method_name(*paths.method));
    job.report(written);
    job.commit(writer);
}

}  // namespace lacathode
