// Stage check-flow: does the flow describe events that it has not seen?
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/models/flow_file.hpp"
#include "lacathode/stages/events/event_counts.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "lacathode/stages/frame/stage_room.hpp"
#include "lacathode/stages/metrics/flow_check.hpp"

namespace lacathode {

/// The events of one part, and the same rows in the latent space.
struct HeldOut {
    EventTable events;
    EventTable latent;
};

struct CheckFlow {
    static constexpr const char* name = "check_flow";
    static constexpr const char* description =
        "Checks a flow on events that it has not seen: latent normality in bins of the mass, "
        "independence of the mass, samples against events, and what it maps. Fails if a limit is "
        "set and broken.";
    static constexpr const char* example =
        "lacathode-check-flow --events events.h5 --flow flow.h5 --largest-auc 0.55 "
        "--output check.h5";
    static constexpr int algorithm =
        2;  // 2: equal masses are divided at random, into four classes at least

    struct Config {
        std::size_t bins = 5;
        std::size_t samples = 50'000;
        EvaluatedPart part = EvaluatedPart::test;
        double least_p = 0;
        double largest_distance = 1;
        double largest_association = 1;
        double largest_auc = 1;
        double largest_not_mapped = 1;
        std::size_t block_rows = default_block_rows;
    };
    struct Paths {
        std::string events;
        std::string flow;
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<Argument> arguments(Paths& paths);
    /// What the events lack for these settings, one sentence each: known before any training.
    static std::vector<std::string> lacks(const Config& config, const EventCounts& events);

    /// `flow` is the model's density; of labelled events in the signal region `held_out` has
    /// background only. Throws InputError for fewer than 20 mapped events in a bin, or as
    /// equal_content_edges does.
    static FlowCheck compute(const Config& config, const FlowModel& model,
                             const ConditionalDensity& flow, const HeldOut& held_out,
                             const Execution& execution, const RandomStream& stream);
    /// The limits that the check breaks, one sentence each: quantity, value, key and limit.
    static std::vector<std::string> failures(const Config& config, const FlowCheck& check);
    /// Throws FailedCheck if there are failures, once the file is there.
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
