#include "lacathode/stages/check_flow.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/check_flow/two_sample.hpp"
#include "lacathode/stages/encode.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/flow_and_events.hpp"
#include "lacathode/stages/frame/failed_check.hpp"
#include "stages/check_flow/latent_checks.hpp"

namespace lacathode {
namespace {

constexpr std::size_t least_in_cell = 5;  // from where on chi2's p is good to 1 %
constexpr std::size_t least_events = 200;

// Classes of the mass and of each coordinate in the test of independence: as many as there are bins
// in two sidebands, four at least: a table of two by two has a coarse chi2, whose p is too small.
std::size_t classes(const CheckFlow::Config& config) {
    return std::max<std::size_t>(2 * config.bins, 4);
}

std::size_t least_in_sidebands(const CheckFlow::Config& config) {
    return std::max(least_events, least_in_cell * classes(config) * classes(config));
}

// Rows (x, m): what the classifier sees.
Matrix<float> with_mass(const Matrix<float>& x, std::span<const float> mass,
                        const std::vector<std::size_t>& rows) {
    Matrix<float> all(rows.size(), x.cols() + 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::ranges::copy(x.row(rows[i]), all.row(i).begin());
        all(i, x.cols()) = mass[rows[i]];
    }
    return all;
}

// x = f^-1(z; m) of z from N(0, 1)^D at the given masses [N].
Matrix<float> draw(const FlowModel& model, const ConditionalDensity& flow,
                   std::span<const float> mass, RandomStream stream) {
    Matrix<float> z(mass.size(), flow.features());
    std::ranges::generate(z.values(), [&] { return static_cast<float>(stream.normal()); });
    return model.transform.inverse(flow.inverse(z, mass).y).x;
}

// Of the events in random order, one half is compared with draws at the masses of the other: so
// both samples are independent if the flow is right.
TwoSample compare_samples(const FlowModel& model, const ConditionalDensity& flow,
                          const EventTable& events, std::size_t most, int threads,
                          const RandomStream& stream) {
    std::vector<std::size_t> order = rows_where(events, [](std::size_t) { return true; });
    stream.at(0).shuffle(std::span(order));
    const auto half =
        order.begin() + static_cast<std::ptrdiff_t>(std::min(most, events.size() / 2));
    const std::vector<std::size_t> observed(order.begin(), half);
    const EventTable others = events.take({half, observed.size()});
    const std::vector<float> mass = masses_as_float(others);
    const Matrix<float> x = draw(model, flow, mass, stream.at(1));
    const std::vector<std::size_t> finite =
        rows_where(others, [&](std::size_t row) { return all_finite(x.row(row)); });
    if (finite.size() < least_events / 4)
        throw InputError(concat("only ", finite.size(), " of ", x.rows(),
                                " draws of the flow are finite: train it anew"));
    return {.test = two_sample_test(with_mass(events.features, masses_as_float(events), observed),
                                    with_mass(x, mass, finite), threads, stream.at(2)),
            .events = static_cast<std::int64_t>(observed.size() - observed.size() / 2),
            .not_mapped = static_cast<std::int64_t>(x.rows() - finite.size())};
}

HeldOut read_held_out(const EventReader& reader, const CheckFlow::Config& config,
                      const FlowModel& model, const ConditionalDensity& flow) {
    HeldOut all;
    Progress progress("check", reader.rows());
    for (const EventTable& block : reader.blocks(config.block_rows)) {
        if (!block.counts_rows())
            throw InputError(concat(reader.path(),
                                    ": has events of other weights than one, for which the tests "
                                    "of a flow do not hold: prepare them without "
                                    "prepare.weight_column"));
        const EventTable events = block.take(rows_where(block, [&](std::size_t row) {
            const bool may_be_signal = model.signal_region.contains(block.mass[row]) &&
                                       block.has_label() && block.label[row] == 1;
            return block.partition[row] == partition_of(config.part) && !may_be_signal;
        }));
        const EventTable latent = Encode::compute(model, flow, events).latent;
        const bool is_first = all.events.feature_columns.empty();
        if (is_first) {
            all = {events, latent};
        } else {
            append(all.events, events);
            append(all.latent, latent);
        }
        progress.add(block.size());
    }
    return all;
}

void say(const FlowCheck& check, const std::string& events_path) {
    if (check.judged == Judged::sidebands) {
        log_warning(concat(events_path,
                           " has no truth labels: data in the signal region may hold signal, so "
                           "its numbers are told, but no limit applies to them"));
    }
    if (check.two_sample.not_mapped > 0) {
        log_warning(concat(check.two_sample.not_mapped,
                           " draws of the flow have no finite event; they are left out"));
    }
}

}  // namespace

Section CheckFlow::section(Config& c) {
    return {name,
            {{"bins", "",
              "Bins of the mass, of equal content, in each sideband and in the signal "
              "region.",
              &c.bins, Range::within(1, 1000)},
             {"samples", "events",
              "Draws of the flow, and as many events, that a classifier compares "
              "at most.",
              &c.samples, Range::count(static_cast<double>(least_events))},
             evaluated_part_field(c.part),
             {"least_p", "", "Fails the flow if a check's p-value is lower; 0: never.", &c.least_p,
              Range::within(0, 1)},
             {"largest_distance", "",
              "Fails it if a latent coordinate's distribution function is farther from that of "
              "N(0, 1) in a bin; 1: never.",
              &c.largest_distance, Range::within(0, 1)},
             {"largest_association", "",
              "Fails it if a latent coordinate's association with the mass (Cramer's V) is larger; "
              "1: never.",
              &c.largest_association, Range::within(0, 1)},
             {"largest_auc", "",
              "Fails it if a classifier tells samples from events with a larger area under the ROC "
              "curve; 1: never.",
              &c.largest_auc, Range::within(0, 1)},
             {"largest_not_mapped", "",
              "Fails it if a larger fraction of a region's events is not mapped; 1: never.",
              &c.largest_not_mapped, Range::within(0, 1)},
             block_rows_field(c.block_rows)}};
}

std::vector<Argument> CheckFlow::arguments(Paths& paths) {
    return {{"events", ArgumentKind::input, "Events file (from lacathode-prepare).", &paths.events},
            {"flow", ArgumentKind::input, "Flow file (from lacathode-train-flow).", &paths.flow},
            {"output", ArgumentKind::output, "Metrics file to write.", &paths.output}};
}

std::vector<std::string> CheckFlow::lacks(const Config& config, const EventCounts& events) {
    const Partition part = partition_of(config.part);
    const std::string part_name = evaluated_part_name(config.part);
    const std::size_t sideband = events.all(part, Region::sideband);
    Problems found;
    found.unless(!events.is_weighted(),
                 "events that weigh one each, for which alone the tests of check_flow hold: set "
                 "run.check_flow to false, or leave prepare.weight_column out");
    found.unless(sideband >= least_in_sidebands(config), "only ", sideband, " ", part_name,
                 " events in the sidebands, at least ", least_in_sidebands(config),
                 " needed for check_flow.bins = ", config.bins);
    const auto fill_bins = [&](std::size_t count, const char* where) {
        found.unless(count >= config.bins * least_in_latent_bin, "only ", count, " ", part_name,
                     " events in the ", where, ", at least ", config.bins * least_in_latent_bin,
                     " needed for check_flow.bins = ", config.bins);
    };
    const std::size_t below = events.below(part);
    fill_bins(events.background(part, Region::signal_region), "signal region");
    // The signal region may lie at an end of the spectrum.
    if (below > 0) fill_bins(below, "lower sideband");
    if (sideband > below) fill_bins(sideband - below, "upper sideband");
    return found.take();
}

FlowCheck CheckFlow::compute(const Config& config, const FlowModel& model,
                             const ConditionalDensity& flow, const HeldOut& held_out,
                             const Execution& execution, const RandomStream& stream) {
    const MassWindow& window = model.signal_region;
    const EventTable& latent = held_out.latent;
    const std::vector<std::size_t> sideband = rows_where(latent, [&](std::size_t row) {
        return latent.is_mapped(row) && window.is_sideband(latent.mass[row]);
    });
    require_events(sideband.size(), least_in_sidebands(config),
                   concat("mapped events in the sidebands for check_flow.bins = ", config.bins),
                   "");
    FlowCheck check;
    check.judged = latent.has_label() ? Judged::everywhere : Judged::sidebands;
    check.sideband = not_mapped(latent, window, Region::sideband);
    check.signal_region = not_mapped(latent, window, Region::signal_region);
    check.bins = latent_bins(latent, window, config.bins);
    // In random order, in which equal masses are divided between classes.
    std::vector<std::size_t> mixed = sideband;
    RandomStream order = stream.at(3);  // the two samples have those before it
    order.shuffle(std::span(mixed));
    check.of_mass = independence_of_mass(latent.take(mixed), classes(config));
    check.two_sample = compare_samples(model, flow, held_out.events.take(sideband), config.samples,
                                       execution.threads, stream);
    return check;
}

std::vector<std::string> CheckFlow::failures(const Config& config, const FlowCheck& check) {
    struct Limit {
        const char* ending;  // of the quantities that it is for
        const char* key;
        double value;
        bool is_least = false;
    };
    const Limit limits[] = {{"_p_value", "least_p", config.least_p, true},
                            {"_latent_distance", "largest_distance", config.largest_distance},
                            {"_association", "largest_association", config.largest_association},
                            {"_auc", "largest_auc", config.largest_auc},
                            {"_not_mapped_rate", "largest_not_mapped", config.largest_not_mapped}};
    Problems found;
    for (const Quantity& quantity : headline(check)) {
        const bool of_signal_region = quantity.name.starts_with("signal_region_") ||
                                      quantity.name == "not_mapped_excess_p_value";
        if (of_signal_region && check.judged == Judged::sidebands) continue;
        for (const auto& [ending, key, limit, is_least] : limits) {
            if (!quantity.name.ends_with(ending)) continue;
            const bool holds = is_least ? quantity.value >= limit : quantity.value <= limit;
            found.unless(holds, quantity.name, quantity.at_most ? " " : " = ", text_of(quantity),
                         is_least ? " is below " : " exceeds ", name, ".", key, " = ", limit);
        }
    }
    return found.take();
}

void CheckFlow::run(const Config& config, const Paths& paths, Job& job) {
    const Execution execution = job.execution();
    const FlowAndEvents inputs(paths.flow, paths.events);
    const FlowModel& model = inputs.model;
    const EventReader& reader = inputs.events;
    const auto flow = load_density(model, 0, execution);
    const HeldOut held_out = read_held_out(reader, config, model, *flow);
    const FlowCheck check = with_path(paths.events, [&] {
        return compute(config, model, *flow, held_out, execution, job.stream(name));
    });
    say(check, paths.events);
    const std::vector<std::string> failed = failures(config, check);
    job.goes_back_to(reader.provenance().origins);
    job.computed_on(execution);
    inputs.record(job);
    job.report(summary_of(headline(check)));
    OutputFile file(paths.output, FileFormat::metrics, job.overwrite());
    write_flow_check(file, {model.mass, model.signal_region, config.part, joined(failed, "; ")},
                     check);
    job.commit(file);
    if (failed.empty()) return;
    throw FailedCheck(concat(paths.flow, " fails its check:\n  ", joined(failed, "\n  "), "\n",
                             paths.output, " has all of it"),
                      job.summary());
}

}  // namespace lacathode
