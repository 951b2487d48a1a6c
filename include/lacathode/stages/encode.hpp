// Stage encode: events to the flow's latent space.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/models/flow_file.hpp"
#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

struct Encoded {
    EventTable
        latent;  ///< features z0 ...; mapped = 0 and NaN outside the box or where z is absurd
    std::vector<double> log_prob;  ///< [N] log p(x|m), Jacobians of preprocessing and flow
                                   ///< included; NaN if not mapped
    std::int64_t outside_box = 0;
    std::int64_t absurd_z = 0;  ///< inside the box, but z or log p is not finite, or a coordinate
                                ///< is farther out than far_outlier: no draw from N(0, 1)
};

struct Encode {
    static constexpr const char* name = "encode";
    static constexpr const char* description =
        "Maps every event to the flow's latent space, z = f(x; m).";
    static constexpr const char* example =
        "lacathode-encode --events events.h5 --flow flow.h5 --output latent.h5";
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

    /// z = f(x; m) of every row (eq. 2 of the LaCATHODE paper). `flow` is the model's density.
    static Encoded compute(const FlowModel& model, const ConditionalDensity& flow,
                           const EventTable& events);
    /// Streams blocks of rows through the best epoch's flow: memory does not grow with the file.
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
