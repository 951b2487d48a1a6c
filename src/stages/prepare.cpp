#include "lacathode/stages/prepare.hpp"

#include <algorithm>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/stages/event_selection.hpp"
#include "prepare_input.hpp"

namespace lacathode {
namespace {

// Marks a random training and validation part of `rows`; what is left becomes the test part.
void assign_partitions(const PrepareConfig& config, std::vector<std::size_t> rows,
                       EventTable& events, RandomStream stream) {
    stream.shuffle(std::span(rows));
    const auto count = static_cast<double>(rows.size());
    const auto training = static_cast<std::size_t>(config.training_fraction * count);
    const auto validation = static_cast<std::size_t>(config.validation_fraction * count);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        events.partition[rows[i]] = i < training                ? Partition::training
                                    : i < training + validation ? Partition::validation
                                                                : Partition::test;
    }
}

std::vector<std::size_t> rows_with_label(const EventTable& events, std::int8_t label) {
    return rows_where(events, [&](std::size_t row) {
        return (events.has_label() ? events.label[row] : 0) == label;
    });
}

std::int64_t count_rows(const EventTable& events, Partition partition, std::int8_t label,
                        const MassWindow* window = nullptr) {
    std::int64_t count = 0;
    for (std::size_t row = 0; row < events.size(); ++row) {
        const std::int8_t truth = events.has_label() ? events.label[row] : std::int8_t{0};
        count += events.partition[row] == partition && truth == label &&
                 (window == nullptr || window->contains(events.mass[row]));
    }
    return count;
}

struct NamedPartition {
    Partition partition;
    const char* name;
};
constexpr NamedPartition named_partitions[] = {
    {Partition::training, "training"},
    {Partition::validation, "validation"},
    {Partition::test, "test"},
    {Partition::evaluation, "evaluation"},
    {Partition::reference_training, "extra_training"},
    {Partition::reference_validation, "extra_validation"}};

// Events a partition, by truth where there is one, in all and in the signal region.
Counts partition_counts(const EventTable& events, const MassWindow& window) {
    Counts counts;
    for (const auto& [partition, name] : named_partitions) {
        for (const std::int8_t label : {std::int8_t{0}, std::int8_t{1}}) {
            if (!events.has_label() && label == 1) continue;
            const std::string kind = !events.has_label() ? "events"
                                     : label == 1        ? "signal"
                                                         : "background";
            const std::int64_t all = count_rows(events, partition, label);
            if (all == 0) continue;
            counts.emplace_back(concat(name, "_", kind), all);
            counts.emplace_back(concat(name, "_", kind, "_in_signal_region"),
                                count_rows(events, partition, label, &window));
        }
    }
    return counts;
}

}  // namespace

EventTable split_events(const PrepareConfig& config, RawEvents raw, const RandomStream& stream) {
    EventTable& events = raw.table;
    const std::vector<std::size_t> background = rows_with_label(events, 0);
    std::vector<std::size_t> signal = rows_with_label(events, 1);
    if (config.injected_signal > signal.size() && events.has_label()) {
        throw UsageError(concat("prepare.injected_signal = ", config.injected_signal,
                                ", but the input has only ", signal.size(), " signal events"));
    }
    require_events(background.size(), 6, "background (or unlabelled) events", config.input);
    assign_partitions(config, background, events, stream.at(0));
    RandomStream injection = stream.at(1);
    injection.shuffle(std::span(signal));
    const std::size_t injected = events.has_label() ? config.injected_signal : 0;
    for (std::size_t i = injected; i < signal.size(); ++i)
        events.partition[signal[i]] = Partition::evaluation;
    signal.resize(injected);
    assign_partitions(config, std::move(signal), events, stream.at(2));
    return std::move(raw.table);
}

EventTable split_extra_background(const PrepareConfig& config, RawEvents raw,
                                  std::int64_t first_source_row, const RandomStream& stream) {
    EventTable& events = raw.table;
    std::vector<std::size_t> rows = rows_with_label(events, 0);
    if (rows.size() != events.size()) {
        throw InputError(
            concat(config.extra_background, ": ", events.size() - rows.size(),
                   " rows are labelled as signal; extra_background must hold background only"));
    }
    if (config.extra_training > rows.size() ||
        config.extra_validation > rows.size() - config.extra_training) {
        throw UsageError(concat("prepare.extra_training = ", config.extra_training,
                                " and extra_validation = ", config.extra_validation, " exceed the ",
                                rows.size(), " events of ", config.extra_background,
                                ": ask for fewer"));
    }
    RandomStream order = stream;
    order.shuffle(std::span(rows));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        events.partition[rows[i]] = i < config.extra_training ? Partition::reference_training
                                    : i < config.extra_training + config.extra_validation
                                        ? Partition::reference_validation
                                        : Partition::evaluation;
    }
    for (std::int64_t& row : events.source_row) row += first_source_row;
    return std::move(raw.table);
}

std::vector<std::string> problems_with_input(const PrepareConfig& config) {
    std::vector<std::string> all = problems(config);
    if (config.input.empty()) {
        all.emplace_back(
            "prepare.input is empty: name the file to read (--input, or --set "
            "prepare.input=FILE)");
    }
    return all;
}

Summary run_prepare(const PrepareConfig& config, const StageContext& context,
                    const PreparePaths& paths) {
    check_output(paths.output, context.overwrite);
    const MassWindow window(config.signal_region_low, config.signal_region_high);
    RawInput input = read_raw_events(config, config.input, "events");
    if (config.injected_signal > 0 && !input.events.table.has_label()) {
        throw UsageError(concat("prepare.injected_signal = ", config.injected_signal, ", but ",
                                config.input,
                                " has no truth labels to tell signal by: set it to 0, or name "
                                "prepare.label_column"));
    }
    if (input.events.invalid_rows > 0) {
        log_warning(concat(input.events.invalid_rows, " of ", input.rows, " rows of ", config.input,
                           " are left out: a value is not finite (prepare.invalid_rows = drop)"));
    }
    Counts counts = {{"input_rows", static_cast<std::int64_t>(input.rows)},
                     {"invalid_rows", static_cast<std::int64_t>(input.events.invalid_rows)}};
    std::vector<InputRecord> records = {input.record};
    const auto first_extra_row = static_cast<std::int64_t>(input.rows);
    const RandomStream random = stream(context, "prepare");
    EventTable events = split_events(config, std::move(input.events), random);
    if (!config.extra_background.empty()) {
        if (!events.has_label()) {
            throw UsageError(
                "prepare.extra_background needs an input with truth labels; remove it or name "
                "label_column");
        }
        RawInput extra = read_raw_events(config, config.extra_background, "extra_background");
        counts.emplace_back("extra_rows", static_cast<std::int64_t>(extra.rows));
        counts.emplace_back("extra_invalid_rows",
                            static_cast<std::int64_t>(extra.events.invalid_rows));
        records.push_back(extra.record);
        if (!extra.events.table.has_label())
            extra.events.table.label.assign(extra.events.table.size(), 0);
        append(events, split_extra_background(config, std::move(extra.events), first_extra_row,
                                              random.at(3)));
    }
    for (auto& entry : partition_counts(events, window)) counts.push_back(std::move(entry));
    EventHeader header = header_of(events, window);
    header.counts = counts;
    PrepareConfig shown = config;
    const std::string hash =
        write_events(paths.output, EventKind::events, header, events, {},
                     make_provenance(context, effective_config(context, section(shown)), records),
                     context.overwrite);
    Summary summary = {{"output", paths.output},
                       {"events", static_cast<std::int64_t>(events.size())}};
    for (const auto& [name, value] : counts) summary.emplace_back(name, value);
    summary.emplace_back("content_hash", hash);
    return summary;
}

}  // namespace lacathode
