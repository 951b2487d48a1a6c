#include "lacathode/stages/generate_toy.hpp"

#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/ml/maf.hpp"
#include "lacathode/physics/toy_model.hpp"
#include "lacathode/stages/events/split.hpp"
#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {

Section GenerateToy::section(Config& c) {
    return {
        name,
        {{"events", "events", "Number of events.", &c.events, Range::count(10)},
         {"features", "", "Number D of features.", &c.features, Range::within(1, most_features)},
         {"correlation", "1 / mass unit", "c of x ~ N(c m, 1)^D.", &c.correlation},
         {"mass_low", "mass unit", "Lower end of the uniform mass.", &c.mass_low},
         {"mass_high", "mass unit", "Upper end of the uniform mass.", &c.mass_high},
         {"signal_region_low", "mass unit", "Lower edge of the signal region.",
          &c.signal_region_low},
         {"signal_region_high", "mass unit", "Upper edge of the signal region.",
          &c.signal_region_high},
         {"latent", "", "Write the exact latent coordinates z = x - c m in place of x.", &c.latent},
         {"sample", "",
          "The events stand for sampled background: the file goes in as --background of "
          "lacathode-train-classifier.",
          &c.sample}}};
}

std::vector<std::string> GenerateToy::problems(const Config& config) {
    Config c = config;
    Problems found;
    found.add(range_problems(section(c)));
    found.unless(!(c.mass_low >= c.mass_high), "generate_toy.mass_low = ", c.mass_low,
                 " must be below mass_high = ", c.mass_high);
    check_window(found, name, c.signal_region_low, c.signal_region_high);
    return found.take();
}

std::vector<Argument> GenerateToy::arguments(Paths& paths) {
    return {{"output", ArgumentKind::output, "Events file to write.", &paths.output}};
}

EventTable GenerateToy::compute(const Config& config, const RandomStream& generation,
                                const RandomStream& split) {
    const ToyModel model{.correlation = config.correlation,
                         .mass_low = config.mass_low,
                         .mass_high = config.mass_high,
                         .features = config.features};
    RawEvents raw{.table = lacathode::generate_toy(model, config.events, generation),
                  .invalid_rows = 0};
    if (config.latent) raw.table.features = toy_latent(model, raw.table);
    return split_events(SplitOptions{}, std::move(raw),
                        MassWindow(config.signal_region_low, config.signal_region_high),
                        "the toy model", split);
}

void GenerateToy::run(const Config& config, const Paths& paths, Job& job) {
    // Data and sample of one seed are different events.
    const std::string stream = config.sample ? "generate_toy/sample" : "generate_toy";
    const EventTable events =
        compute(config, job.stream(stream).at(0), job.stream(stream + "/split"));
    EventHeader header =
        header_of(events, MassWindow(config.signal_region_low, config.signal_region_high));
    job.goes_back_to_itself({concat(stream, " seed ", job.seed())});
    if (config.sample) header.method = Method::cathode;
    EventWriter writer(paths.output, EventKind::events, header, job.overwrite());
    writer.append(events);
    job.report("events", static_cast<std::int64_t>(events.size()));
    job.commit(writer);
}

}  // namespace lacathode
