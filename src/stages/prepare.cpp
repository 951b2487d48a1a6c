#include "lacathode/stages/prepare.hpp"

#include <algorithm>
#include <iterator>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "stages/prepare/event_copies.hpp"
#include "stages/prepare/feature_shift.hpp"
#include "stages/prepare/input_columns.hpp"
#include "stages/prepare/input_roles.hpp"
#include "stages/prepare/prepare_input.hpp"

namespace lacathode {
namespace {

std::int64_t count_rows(const EventTable& events, Partition partition, std::int8_t label,
                        const MassWindow* window = nullptr) {
    check_interrupt();
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

// A region without events is a wrong edge or unit far more often than a wish.
void check_regions(const EventTable& events, const MassWindow& window, const std::string& input) {
    if (events.mass.empty()) return;  // the split says what is missing
    const auto inside =
        std::ranges::count_if(events.mass, [&](double mass) { return window.contains(mass); });
    const auto below =
        std::ranges::count_if(events.mass, [&](double mass) { return mass <= window.low(); });
    const auto above = std::ranges::ssize(events.mass) - inside - below;
    const auto [low, high] = std::ranges::minmax(events.mass);
    const std::string range =
        concat("the masses lie between ", low, " and ", high, " ", events.mass_column.unit);
    if (inside == 0) {
        const bool another_unit = low > 50 * window.high() || high < window.low() / 50;
        throw InputError(concat(input, ": no event in the signal region ", window.text(), "; ",
                                range,
                                another_unit ? " (another unit? prepare.mass_scale turns GeV into "
                                               "TeV with 0.001)"
                                             : "",
                                ": set prepare.signal_region_low and signal_region_high"));
    }
    if (below == 0 && above == 0) {
        throw InputError(concat(input, ": no event in the sidebands of ", window.text(), "; ",
                                range, ": the flow needs events outside the signal region"));
    }
    if (below == 0 || above == 0) {
        log_warning(concat(input, ": no event ", below == 0 ? "below" : "above",
                           " the signal region ", window.text(), " (", range,
                           "): the flow will extrapolate, not interpolate"));
    }
}

// As the events of one file, by name and unit.
void require_columns_of_both(const RawInput& data, const RawInput& extra) {
    const EventTable& a = data.events.table;
    const EventTable& b = extra.events.table;
    if (a.mass_column == b.mass_column && a.feature_columns == b.feature_columns) return;
    throw InputError(concat(extra.records.front().path, ": differs in columns or units from ",
                            data.records.front().path,
                            "; extra_background has those of the input"));
}

// An event without a weight beside one with a weight would be worth one: of which unit?
void require_weights_of_both(const RawInput& data, const RawInput& extra) {
    if (data.events.table.has_weight() == extra.events.table.has_weight()) return;
    const bool of_data = data.events.table.has_weight();
    throw InputError(concat((of_data ? extra : data).records.front().path, ": has no weights, and ",
                            (of_data ? data : extra).records.front().path,
                            " has; input and extra_background need them both"));
}

void made_from(Job& job, const RawInput& input) {
    for (const InputRecord& record : input.records) job.made_from(record);
}

// Of all its files.
EventOrigins origins_of(const RawInput& input) {
    EventOrigins all;
    for (const EventOrigins& one : input.origins) all = united(std::move(all), one);
    return all;
}

// Rows, and labels where a setting asks for the truth.
void require_usable(const Prepare::Config& config, const RawInput& data) {
    if (data.events.table.size() == 0) {
        throw InputError(
            concat(config.input.text(), ": ",
                   data.rows == 0 ? "holds no rows" : "prepare.invalid_rows drops all its rows"));
    }
    if (data.events.table.has_label()) return;
    if (config.extra_signal.training + config.extra_signal.validation > 0) {
        throw UsageError(
            "prepare.extra_signal_training and extra_signal_validation need an input with truth "
            "labels; set them to 0 or name label_column");
    }
    if (config.split.injected_signal > 0) {
        throw UsageError(concat("prepare.injected_signal = ", config.split.injected_signal,
                                ", but ", config.input.text(),
                                " has no truth labels to tell signal by: set it to 0, or name "
                                "prepare.label_column"));
    }
    if (!config.extra_background.empty()) {
        throw UsageError(
            "prepare.extra_background needs an input with truth labels; remove it or name "
            "label_column");
    }
}

// Extra background as well takes masses of the input: its own, of the signal region only, would
// tell it from the data.
void shift_by_random_masses(const Prepare::Config& config, RawInput& data,
                            std::optional<RawInput>& extra, const RandomStream& stream) {
    const std::vector<double>& masses = data.events.table.mass;
    shift_by_random_mass(config, masses, data.events.table, stream.at(5));
    if (extra) shift_by_random_mass(config, masses, extra->events.table, stream.at(6));
}

}  // namespace

std::vector<Argument> Prepare::arguments(Paths& paths) {
    return {{"output", ArgumentKind::output, "Events file to write.", &paths.output}};
}

std::vector<StageInput> Prepare::inputs(const Config& config) {
    std::vector<StageInput> inputs = input_files(config.input, events_role);
    std::ranges::move(input_files(config.extra_background, extra_background_role),
                      std::back_inserter(inputs));
    return inputs;
}

PreparedEvents Prepare::compute(const Config& config, RawInput data, std::optional<RawInput> extra,
                                const RandomStream& stream) {
    require_usable(config, data);
    PreparedEvents prepared{
        .table = {},
        .signal_region = MassWindow(config.signal_region_low, config.signal_region_high),
        .counts = {{"input_rows", static_cast<std::int64_t>(data.rows)},
                   {"invalid_rows", static_cast<std::int64_t>(data.events.invalid_rows)}}};
    const std::string source = config.input.text();
    if (config.shift_by == ShiftBy::random_mass)
        shift_by_random_masses(config, data, extra, stream);
    prepared.table =
        split_events(config.split, std::move(data.events), prepared.signal_region, source, stream);
    check_regions(prepared.table, prepared.signal_region, source);
    set_signal_aside(config.extra_signal, prepared.table, prepared.signal_region, stream.at(4));
    if (extra) {
        prepared.counts.emplace_back("extra_rows", static_cast<std::int64_t>(extra->rows));
        prepared.counts.emplace_back("extra_invalid_rows",
                                     static_cast<std::int64_t>(extra->events.invalid_rows));
        EventTable& table = extra->events.table;
        if (!table.has_label()) table.label.assign(table.size(), 0);
        append(prepared.table,
               split_extra_background(config.extra, std::move(extra->events),
                                      prepared.signal_region, config.extra_background.text(),
                                      static_cast<std::int64_t>(data.rows), stream.at(3)));
    }
    for (auto& entry : partition_counts(prepared.table, prepared.signal_region)) {
        prepared.counts.push_back(std::move(entry));
    }
    return prepared;
}

void Prepare::run(const Config& config, const Paths& paths, Job& job) {
    RawInput data = read_raw_events(config, input_files(config.input, events_role));
    require_usable(config, data);  // before the extra background is read
    warn_of_invalid_rows(config.input.text(), data.events.invalid_rows, data.rows);
    made_from(job, data);
    std::optional<RawInput> extra;
    if (!config.extra_background.empty()) {
        // Background by definition, and so told without labels too.
        extra = read_raw_events(config, input_files(config.extra_background, extra_background_role),
                                Presence::optional);
        warn_of_invalid_rows(config.extra_background.text(), extra->events.invalid_rows,
                             extra->rows);
        if (!extra->events.table.has_label())
            log_warning(concat(config.extra_background.text(), ": no truth column: all ",
                               extra->events.table.size(), " rows count as background"));
        refuse_shared_background(data, *extra);
        require_columns_of_both(data, *extra);
        require_weights_of_both(data, *extra);
        made_from(job, *extra);
    }
    job.goes_back_to_itself(united(origins_of(data), extra ? origins_of(*extra) : EventOrigins()));
    const PreparedEvents prepared =
        compute(config, std::move(data), std::move(extra), job.stream("prepare"));
    EventHeader header = header_of(prepared.table, prepared.signal_region);
    header.counts = prepared.counts;
    EventWriter writer(paths.output, EventKind::events, header, job.overwrite());
    writer.append(prepared.table);
    job.report("events", static_cast<std::int64_t>(prepared.table.size()));
    if (prepared.table.has_weight()) job.report("sum_of_weights", prepared.table.sum_of_weights());
    job.report(prepared.counts);
    job.commit(writer);
}

}  // namespace lacathode
