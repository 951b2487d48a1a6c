// Stage transport: every event at one mass, the double map of the LaCATHODE paper's footnote 2.
#pragma once

#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/models/flow_file.hpp"
#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

struct Transport {
    static constexpr const char* name = "transport";
    static constexpr const char* description =
        "Moves the features of every event to one mass, the double map: x' = f^-1(f(x; m); m0), m0 "
        "the middle of the signal region.";
    static constexpr const char* example =
        "lacathode-transport --events events.h5 --flow flow.h5 --output moved.h5";
    static constexpr int algorithm = 2;

    struct Config {
        std::size_t block_rows = default_block_rows;
    };
    struct Paths {
        std::string events;
        std::string flow;
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<Argument> arguments(Paths& paths);

    /// x' of every row (docs/method.md (7.2)); the mass column stays. `flow` is the model's
    /// density. Rows that are not mapped, or whose x' is not finite, are marked and NaN.
    static EventTable compute(const FlowModel& model, const ConditionalDensity& flow,
                              const EventTable& events);
    /// Streams blocks of rows through the best epoch's flow.
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
