#include "lacathode/core/errors.hpp"
#include "lacathode/physics/toy_model.hpp"
#include "lacathode/stages/prepare.hpp"

namespace lacathode {

Summary run_generate_toy(const ToyConfig& config, const StageContext& context,
                         const std::string& output) {
    check_output(output, context.overwrite);
    const MassWindow window(config.signal_region_low, config.signal_region_high);
    const ToyModel model{.correlation = config.correlation,
                         .mass_low = config.mass_low,
                         .mass_high = config.mass_high,
                         .features = config.features};
    const RandomStream random = stream(context, "generate_toy");
    RawEvents raw{.table = generate_toy(model, config.events, random.at(0)), .invalid_rows = 0};
    if (config.latent) raw.table.features = toy_latent(model, raw.table);
    PrepareConfig split;
    split.injected_signal = 0;
    const EventTable events = split_events(split, std::move(raw),
                                           RandomStream(context.common.seed, "generate_toy/split"));
    EventHeader header = header_of(events, window);
    if (config.sample) header.method = method_name(Method::cathode);
    ToyConfig shown = config;
    const std::string hash = write_events(
        output, EventKind::events, header, events, {},
        make_provenance(context, effective_config(context, section(shown)), {}), context.overwrite);
    return {{"output", output},
            {"events", static_cast<std::int64_t>(events.size())},
            {"content_hash", hash}};
}

}  // namespace lacathode
