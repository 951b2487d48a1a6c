#include "lacathode/stages/pseudo_data.hpp"

#include <algorithm>
#include <functional>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/events/background_sampler.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/flow_and_events.hpp"
#include "lacathode/stages/fit_background.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stages/search/inclusive_spectrum.hpp"
#include "lacathode/stats/poisson_distribution.hpp"

namespace lacathode {
namespace {

constexpr std::size_t most_toys = 1'000'000;

std::vector<std::size_t> data_rows(const EventTable& events) {
    return rows_where(events, [&](std::size_t row) { return is_data(events.partition[row]); });
}

// Only what a search knows of an event.
EventTable without_truth(EventTable events) {
    events.label.clear();
    events.partition.assign(events.size(), Partition::training);
    return events;
}

constexpr const char* remedy_of_bad_fits =
    ": choose a range above the turn-on (fit_background.low) or more parameters "
    "(fit_background.most_parameters)";

std::string fit_text(const InclusiveSpectrum& spectrum) {
    return concat("the function of the spectrum of all events, of ", spectrum.parameters(),
                  " parameters, has the deviance ", spectrum.deviance(), " for ",
                  spectrum.degrees_of_freedom(), " degrees of freedom (p ", spectrum.goodness(),
                  ")");
}

// Pseudo-data of a spectrum that the data do not have say nothing of the data's search.
InclusiveSpectrum fitted_spectrum(const SpectrumSettings& settings, const MassWindow& signal_region,
                                  std::span<const double> masses, std::span<const float> weights,
                                  const std::string& source) {
    constexpr double hopeless = 1e-6;
    InclusiveSpectrum spectrum(settings, signal_region, masses, source, weights);
    if (spectrum.goodness() < hopeless)
        throw InputError(concat(source, ": ", fit_text(spectrum), remedy_of_bad_fits));
    return spectrum;
}

void tell_fit(const InclusiveSpectrum& spectrum, const std::string& source) {
    constexpr double alarming = 0.01;
    if (spectrum.goodness() < alarming) {
        log_warning(concat(source, ": ", fit_text(spectrum),
                           ", so that pseudo-data differ from the data", remedy_of_bad_fits));
    } else {
        log_info(fit_text(spectrum));
    }
}

EventTable drawn_from_flow(const PseudoData::Config& config, const FlowModel& model,
                           const EventTable& data, std::size_t count, const Execution& execution,
                           const RandomStream& stream, const std::string& source) {
    const auto weights =
        data.counts_rows() ? std::span<const float>() : std::span<const float>(data.weight);
    const InclusiveSpectrum spectrum =
        fitted_spectrum(config.spectrum, model.signal_region, data.mass, weights, source);
    tell_fit(spectrum, source);
    const MassDraws masses = [&](std::size_t rows, const RandomStream& own) {
        return spectrum.draw(rows, own);
    };
    BackgroundSampler sampler({count, 0}, 1, {}, model, masses, execution, stream);
    EventTable all = data.take({});
    std::size_t not_mapped = 0;
    while (!sampler.done()) {
        check_interrupt();
        EventTable block = without_truth(sampler.next().features);
        const auto mapped =
            rows_where(block, [&](std::size_t row) { return block.is_mapped(row); });
        not_mapped += block.size() - mapped.size();
        EventTable kept = block.take(mapped);
        kept.mapped.clear();
        append(all, kept);
    }
    if (not_mapped > 0)
        log_warning(concat(source, ": ", not_mapped, " of ", count,
                           " draws of the flow have no finite event; they are left out"));
    return all;
}

EventTable drawn_again(const EventTable& data, std::size_t count, RandomStream stream) {
    std::vector<std::size_t> rows(count);
    for (std::size_t& row : rows) row = stream.below(data.size());
    return data.take(rows);
}

// Events of unequal weights are no sample of the signal when each counts one.
void require_equal_weights(const EventTable& signal, const std::string& source) {
    if (std::ranges::adjacent_find(signal.weight, std::not_equal_to()) == signal.weight.end())
        return;
    throw InputError(concat(source,
                            ": its signal events have unequal weights, but pseudo-data of "
                            "pseudo_data.source = null count one each: leave "
                            "pseudo_data.signal at 0"));
}

// How many rows there are on average: those of the flow count one each, those drawn again what they
// counted.
double expected_rows(const PseudoData::Config& config, const EventTable& data,
                     const std::string& source) {
    if (config.expected > 0) return static_cast<double>(config.expected);
    if (config.source == PseudoSource::bootstrap) return static_cast<double>(data.size());
    const double sum = data.sum_of_weights();
    if (sum > 0) return sum;
    throw InputError(
        concat(source, ": the weights of the data add up to ", sum, "; set pseudo_data.expected"));
}

std::string too_little_signal(std::size_t available, std::size_t wanted) {
    return concat("has ", available,
                  " labelled signal events that are in no data, but pseudo_data.signal = ", wanted,
                  ": add fewer");
}

EventTable some_signal(const EventTable& events, std::size_t count, RandomStream stream,
                       const std::string& source) {
    std::vector<std::size_t> rows = rows_where(events, [&](std::size_t row) {
        return events.has_label() && events.label[row] == 1 &&
               events.partition[row] == Partition::evaluation;
    });
    if (rows.size() < count)
        throw InputError(concat(source, ": ", too_little_signal(rows.size(), count)));
    stream.shuffle(std::span(rows));
    rows.resize(count);
    return without_truth(events.take(rows));
}

// Events drawn from the flow are new ones, which another number or seed does not have; another flow
// of the same data makes much the same. Those drawn again, and signal, are some of the file's.
void say_origins(Job& job, const PseudoData::Config& config, const EventReader& events) {
    EventOrigins origins = events.provenance().origins;
    if (config.source == PseudoSource::bootstrap) return job.goes_back_to_itself(origins);
    const std::string draws = concat(PseudoData::name, ' ', config.number, " seed ", job.seed(),
                                     " of ", events.content_hash());
    if (config.signal == 0) return job.goes_back_to_itself({draws});
    origins.push_back({.events_hash = {}, .sources = {draws}});
    job.goes_back_to_itself(origins);
}

}  // namespace

Section PseudoData::section(Config& c) {
    return {name,
            {{"source", "",
              "null: m from the fit to the spectrum of all events (section fit_background) and x "
              "from the flow, without signal; bootstrap: the data, drawn with replacement.",
              choice(c.source, {"null", "bootstrap"})},
             {"number", "", "Number of the pseudo-data; selects their random streams.", &c.number,
              Range::within(0, most_toys)},
             {"expected", "events", "Mean of their number; 0: as many as there are data.",
              &c.expected, Range::count(0)},
             {"signal", "events", "Labelled signal added, of that which is in no data.", &c.signal,
              Range::count(0)},
             {"signal_region_low", "mass unit",
              "In lacathode-run and its kind: region that the flow of the pseudo-data does not "
              "learn from; both edges 0: the signal region of the search.",
              &c.signal_region_low, Range::at_least(0)},
             {"signal_region_high", "mass unit", "Its upper edge.", &c.signal_region_high,
              Range::at_least(0)}}};
}

std::vector<Section> PseudoData::further_sections(Config& config) {
    return {FitBackground::section(config.spectrum)};
}

std::vector<std::string> PseudoData::problems(const Config& config) {
    Config c = config;
    Problems found;
    found.add(range_problems(section(c)));
    found.add(FitBackground::problems(c.spectrum));
    if (c.signal_region_low != 0 || c.signal_region_high != 0)
        check_window(found, name, c.signal_region_low, c.signal_region_high);
    return found.take();
}

std::vector<Argument> PseudoData::arguments(Paths& paths) {
    return {{"events", ArgumentKind::input, "Events file of the data (from lacathode-prepare).",
             &paths.events},
            {"flow", ArgumentKind::input, "Flow of their sidebands.", &paths.flow},
            {"output", ArgumentKind::output, "Events file to write, for prepare.format = events.",
             &paths.output}};
}

std::vector<std::string> PseudoData::lacks(const Config& config, const EventCounts& events) {
    const std::size_t signal = events.signal(Partition::evaluation, Region::signal_region) +
                               events.signal(Partition::evaluation, Region::sideband);
    Problems found;
    found.unless(signal >= config.signal, too_little_signal(signal, config.signal));
    return found.take();
}

void PseudoData::require_spectrum(const Config& config, const MassWindow& signal_region,
                                  std::span<const double> masses, std::span<const float> weights,
                                  const std::string& source) {
    if (config.source != PseudoSource::null) return;
    (void)fitted_spectrum(config.spectrum, signal_region, masses, weights, source);
}

EventTable PseudoData::compute(const Config& config, const FlowModel& model,
                               const EventTable& events, const Execution& execution,
                               const RandomStream& stream, const std::string& source) {
    EventTable data = without_truth(events.take(data_rows(events)));
    require_events(data.size(), 1, "data events", source);
    RandomStream number = stream.at(0);
    const auto count =
        static_cast<std::size_t>(poisson(expected_rows(config, data, source), number));
    EventTable all =
        config.source == PseudoSource::bootstrap
            ? drawn_again(data, count, stream.at(1))
            : drawn_from_flow(config, model, data, count, execution, stream.at(1), source);
    EventTable signal = some_signal(events, config.signal, stream.at(2), source);
    if (config.source == PseudoSource::null) {
        require_equal_weights(signal, source);
        signal.weight.clear();
    }
    append(all, signal);
    return all;
}

void PseudoData::run(const Config& config, const Paths& paths, Job& job) {
    const Execution execution = job.execution();
    const FlowAndEvents inputs(paths.flow, paths.events);
    const FlowModel& model = inputs.model;
    const EventReader& reader = inputs.events;
    const EventTable drawn = compute(config, model, reader.read_all(), execution,
                                     job.stream(name).at(config.number), paths.events);
    job.computed_on(execution);
    inputs.record(job);
    say_origins(job, config, reader);
    EventHeader header = header_of(drawn, model.signal_region);
    EventWriter writer(paths.output, EventKind::events, header, job.overwrite());
    writer.append(drawn);
    job.report("events", static_cast<std::int64_t>(drawn.size()));
    job.report("signal_events", static_cast<std::int64_t>(config.signal));
    job.commit(writer);
}

}  // namespace lacathode
