#include "lacathode/stages/events/split.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/events/event_selection.hpp"

namespace lacathode {
namespace {

// The first of the shuffled `rows` become the training part, the next ones the validation part,
// and what is left the test part.
void assign_in_order(const SplitFractions& fractions, std::span<const std::size_t> rows,
                     EventTable& events) {
    const auto count = static_cast<double>(rows.size());
    const auto training = static_cast<std::size_t>(fractions.training * count);
    const auto validation = fractions.test() == 0
                                ? rows.size() - training
                                : static_cast<std::size_t>(fractions.validation * count);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        events.partition[rows[i]] = i < training                ? Partition::training
                                    : i < training + validation ? Partition::validation
                                                                : Partition::test;
    }
}

void assign_partitions(const SplitOptions& options, std::vector<std::size_t> rows,
                       EventTable& events, const MassWindow& signal_region, RandomStream stream) {
    stream.shuffle(std::span(rows));
    if (options.sideband_fractions() == options.fractions) {
        assign_in_order(options.fractions, rows, events);
        return;
    }
    const auto sideband = std::stable_partition(rows.begin(), rows.end(), [&](std::size_t row) {
        return signal_region.contains(events.mass[row]);
    });
    assign_in_order(options.fractions, {rows.begin(), sideband}, events);
    assign_in_order(options.sideband_fractions(), {sideband, rows.end()}, events);
}

// docs/method.md (1.7)
void assign_folds(const SplitOptions& options, const std::vector<std::size_t>& rows,
                  EventTable& events, const MassWindow& signal_region, const RandomStream& stream) {
    for (const std::size_t row : rows) {
        RandomStream own = stream.at(static_cast<std::uint64_t>(events.source_row[row]));
        const bool is_test = own.below(options.folds) == options.fold;
        const SplitFractions share = signal_region.contains(events.mass[row])
                                         ? options.fractions
                                         : options.sideband_fractions();
        const bool validates =
            own.uniform() * (share.training + share.validation) < share.validation;
        events.partition[row] = is_test     ? Partition::test
                                : validates ? Partition::validation
                                            : Partition::training;
    }
}

std::vector<std::size_t> rows_with_label(const EventTable& events, std::int8_t label) {
    return rows_where(events, [&](std::size_t row) {
        return (events.has_label() ? events.label[row] : 0) == label;
    });
}

// As many of the rows as are asked for, at random.
void set_aside(const ExtraSplitOptions& options, std::vector<std::size_t> rows, EventTable& events,
               RandomStream stream) {
    stream.shuffle(std::span(rows));
    rows.resize(options.training + options.validation);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        events.partition[rows[i]] =
            i < options.training ? Partition::reference_training : Partition::reference_validation;
    }
}

}  // namespace

double SplitFractions::test() const {
    const double left = 1 - training - validation;
    return std::abs(left) < 1e-9 ? 0 : left;
}

SplitFractions SplitOptions::sideband_fractions() const {
    return {sideband.training > 0 ? sideband.training : fractions.training,
            sideband.validation > 0 ? sideband.validation : fractions.validation};
}

EventTable split_events(const SplitOptions& options, RawEvents raw, const MassWindow& signal_region,
                        const std::string& source, const RandomStream& stream) {
    EventTable& events = raw.table;
    const std::vector<std::size_t> background = rows_with_label(events, 0);
    std::vector<std::size_t> signal = rows_with_label(events, 1);
    if (options.injected_signal > signal.size() && events.has_label()) {
        throw UsageError(concat("prepare.injected_signal = ", options.injected_signal,
                                ", but the input has only ", signal.size(), " signal events"));
    }
    require_events(background.size(), 6, "background (or unlabelled) events", source);
    const auto split = [&](std::vector<std::size_t> rows, std::uint64_t kind) {
        if (options.folds > 0) {
            assign_folds(options, rows, events, signal_region, stream.at(7));
        } else {
            assign_partitions(options, std::move(rows), events, signal_region, stream.at(kind));
        }
    };
    split(background, 0);
    RandomStream injection = stream.at(1);
    injection.shuffle(std::span(signal));
    const std::size_t injected = events.has_label() ? options.injected_signal : 0;
    for (std::size_t i = injected; i < signal.size(); ++i)
        events.partition[signal[i]] = Partition::evaluation;
    signal.resize(injected);
    split(std::move(signal), 2);
    return std::move(raw.table);
}

void set_signal_aside(const ExtraSplitOptions& options, EventTable& events,
                      const MassWindow& signal_region, const RandomStream& stream) {
    std::vector<std::size_t> rows = rows_where(events, [&](std::size_t row) {
        return events.has_label() && events.label[row] == 1 &&
               events.partition[row] == Partition::evaluation &&
               signal_region.contains(events.mass[row]);
    });
    if (options.training > rows.size() || options.validation > rows.size() - options.training) {
        throw UsageError(concat("prepare.extra_signal_training = ", options.training,
                                " and extra_signal_validation = ", options.validation,
                                " exceed the ", rows.size(),
                                " signal events of the signal region that are not injected: ask "
                                "for fewer"));
    }
    set_aside(options, std::move(rows), events, stream);
}

EventTable split_extra_background(const ExtraSplitOptions& options, RawEvents raw,
                                  const MassWindow& signal_region, const std::string& source,
                                  std::int64_t first_source_row, const RandomStream& stream) {
    EventTable& events = raw.table;
    const std::size_t background = rows_with_label(events, 0).size();
    if (background != events.size()) {
        throw InputError(
            concat(source, ": ", events.size() - background,
                   " rows are labelled as signal; extra_background must hold background only"));
    }
    std::vector<std::size_t> rows = rows_where(
        events, [&](std::size_t row) { return signal_region.contains(events.mass[row]); });
    if (options.training > rows.size() || options.validation > rows.size() - options.training) {
        throw UsageError(concat("prepare.extra_training = ", options.training,
                                " and extra_validation = ", options.validation, " exceed the ",
                                rows.size(), " events of ", source,
                                " in the signal region: ask for fewer"));
    }
    events.partition.assign(events.size(), Partition::evaluation);
    set_aside(options, std::move(rows), events, stream);
    for (std::int64_t& row : events.source_row) row += first_source_row;
    return std::move(raw.table);
}

}  // namespace lacathode
