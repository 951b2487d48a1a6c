// Stage pseudo-data: events as the data might have come out, to repeat a search on.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lacathode/models/flow_file.hpp"
#include "lacathode/stages/events/event_counts.hpp"
#include "lacathode/stages/frame/stage_room.hpp"
#include "lacathode/stages/search/spectrum_settings.hpp"

namespace lacathode {

/// Where pseudo-data come from.
enum class PseudoSource {
    null,      ///< m from the fit to the spectrum of all events, x from the flow of the sidebands
    bootstrap  ///< the data themselves, drawn with replacement
};

struct PseudoData {
    static constexpr const char* name = "pseudo_data";
    static constexpr const char* description =
        "Draws pseudo-data: without signal from the fitted spectrum and the flow of the sidebands, "
        "or the data with replacement; labelled signal may be added.";
    static constexpr const char* example =
        "lacathode-pseudo-data --events events.h5 --flow flow.h5 --number 7 --output toy_7.h5";
    static constexpr int algorithm = 1;

    struct Config {
        PseudoSource source = PseudoSource::null;
        std::size_t number = 0;
        std::size_t expected = 0;  ///< events; 0: as many as there are data
        std::size_t signal = 0;
        double signal_region_low = 0;  ///< of the flow in lacathode-run; both 0: that of the search
        double signal_region_high = 0;
        SpectrumSettings spectrum = {};
    };
    struct Paths {
        std::string events;
        std::string flow;
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<Section> further_sections(Config& config);
    static std::vector<std::string> problems(const Config& config);
    static std::vector<Argument> arguments(Paths& paths);
    /// What the events lack for these settings, one sentence each: known before any training.
    static std::vector<std::string> lacks(const Config& config, const EventCounts& events);

    /// Throws as compute does where the function does not follow the spectrum of data of these
    /// masses [N] and weights [N] (empty: one each): known before any training too.
    static void require_spectrum(const Config& config, const MassWindow& signal_region,
                                 std::span<const double> masses, std::span<const float> weights,
                                 const std::string& source);

    /// Events without truth, all of Partition::training. Their number is Poisson with the expected
    /// one as mean, the signal's is config.signal. source_row: of the null -1 - k, of the bootstrap
    /// that of the event, so that all its copies are of one fold. `source` names `events` in
    /// messages. Throws InputError if there is too little signal.
    static EventTable compute(const Config& config, const FlowModel& model,
                              const EventTable& events, const Execution& execution,
                              const RandomStream& stream, const std::string& source);
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
