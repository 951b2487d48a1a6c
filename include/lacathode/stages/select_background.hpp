// Stage select-background: true events that stand for background in a classifier's training.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/method.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

struct SelectBackground {
    static constexpr const char* name = "select_background";
    static constexpr const char* description =
        "Selects the events that stand for background: data in strips beside the signal region "
        "for cwola, true background that was set aside for idealised and supervised.";
    static constexpr const char* example =
        "lacathode-select-background --method cwola --events events.h5 --output strips.h5";
    static constexpr int algorithm = 2;

    struct Config {
        double strip_width = 0.2;  ///< of each of the two strips, unit of the mass
    };
    struct Paths {
        std::optional<Method> method;
        std::string events;
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<Argument> arguments(Paths& paths);

    /// Rows of Partition::training and ::validation, in the order of `events`. Throws UsageError
    /// for a method that takes no true events.
    static EventTable compute(const Config& config, Method method, const EventTable& events,
                              const MassWindow& signal_region);
    /// What the events lack for the method, one sentence each. Reads them.
    static std::vector<std::string> lacks(const Config& config, Method method,
                                          const EventReader& events);
    /// Streams blocks of rows.
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
