#include "lacathode/stages/select_background.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/support/event_selection.hpp"
#include "lacathode/stages/support/training_guard.hpp"

namespace lacathode {
namespace {

constexpr std::size_t block_rows = 65'536;

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

struct PartCounts {
    std::size_t training = 0;
    std::size_t validation = 0;
};

PartCounts count(const EventTable& selected) {
    const auto rows = [&](Partition partition) {
        return static_cast<std::size_t>(std::ranges::count(selected.partition, partition));
    };
    return {rows(Partition::training), rows(Partition::validation)};
}

// Calls use(selected rows) for each block of the file.
template <class Use>
void for_each_block(const SelectBackground::Config& config, Method method,
                    const EventReader& reader, const Use& use) {
    for (std::size_t first = 0; first < reader.rows(); first += block_rows) {
        check_interrupt();
        use(SelectBackground::compute(config, method, reader.read(first, block_rows),
                                      reader.header().signal_region));
    }
}

std::string remedy(Method method) {
    return info(method).background == Background::strips
               ? "widen select_background.strip_width"
               : "set some aside with prepare.extra_background, extra_training and "
                 "extra_validation";
}

std::vector<std::string> shortages(Method method, const PartCounts& counts) {
    Problems found;
    const auto need = [&](std::size_t number, const char* part) {
        found.unless(number >= 2, number, " ", part, " events stand for background of ",
                     method_name(method), "; 2 are needed at least: ", remedy(method));
    };
    need(counts.training, "training");
    need(counts.validation, "validation");
    return found.take();
}

}  // namespace

Section SelectBackground::section(Config& c) {
    return {name,
            {{"strip_width", "mass unit",
              "Width of each of the two strips beside the signal "
              "region (cwola).",
              &c.strip_width, Range::positive()}}};
}

std::vector<std::string> SelectBackground::problems(const Config& config) {
    Config c = config;
    return range_problems(section(c));
}

std::vector<Argument> SelectBackground::arguments(Paths& paths) {
    return {{"method", ArgumentKind::choice, "cwola, idealised or supervised.", &paths.method},
            {"events", ArgumentKind::input, "Events file (from lacathode-prepare).", &paths.events},
            {"output", ArgumentKind::output, "Events file to write.", &paths.output}};
}

EventTable SelectBackground::compute(const Config& config, Method method, const EventTable& events,
                                     const MassWindow& signal_region) {
    const Background background = info(method).background;
    if (background != Background::strips && background != Background::truth) {
        throw UsageError(concat("the background of ", method_name(method),
                                " is generated: use lacathode-sample"));
    }
    const auto is_background = [&](std::size_t row) {
        const Partition partition = events.partition[row];
        if (background == Background::strips) {
            return (partition == Partition::training || partition == Partition::validation) &&
                   is_in_strips(events.mass[row], signal_region, config.strip_width);
        }
        return (partition == Partition::reference_training ||
                partition == Partition::reference_validation) &&
               events.has_label() && events.label[row] == 0 &&
               signal_region.contains(events.mass[row]);
    };
    EventTable selected = events.take(rows_where(events, is_background));
    std::ranges::transform(selected.partition, selected.partition.begin(), partition_in_training);
    return selected;
}

std::vector<std::string> SelectBackground::lacks(const Config& config, Method method,
                                                 const EventReader& events) {
    PartCounts counts;
    for_each_block(config, method, events, [&](const EventTable& selected) {
        const PartCounts more = count(selected);
        counts.training += more.training;
        counts.validation += more.validation;
    });
    return shortages(method, counts);
}

void SelectBackground::run(const Config& config, const Paths& paths, Job& job) {
    expects(paths.method.has_value(), "a background is for a method");
    const EventReader reader(paths.events, EventKind::events);
    require_known_origins(paths.events, reader.provenance().origins);
    EventHeader header = reader.header();
    header.method = paths.method;
    header.counts.clear();
    EventWriter writer(paths.output, EventKind::events, header, job.overwrite());
    PartCounts counts;
    for_each_block(config, *paths.method, reader, [&](const EventTable& selected) {
        const PartCounts more = count(selected);
        counts.training += more.training;
        counts.validation += more.validation;
        writer.append(selected);
    });
    const std::vector<std::string> short_of = shortages(*paths.method, counts);
    if (!short_of.empty()) throw InputError(concat(paths.events, ": ", joined(short_of, "; ")));
    const Counts written = {{"training_events", static_cast<std::int64_t>(counts.training)},
                            {"validation_events", static_cast<std::int64_t>(counts.validation)}};
    writer.set_counts(written);
    job.goes_back_to(reader.provenance().origins);
    job.made_from(reader.record("events"));
    job.report("method", method_name(*paths.method));
    job.report(written);
    job.commit(writer);
}

}  // namespace lacathode
