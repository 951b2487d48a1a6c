// Stage train-flow: the background's density from the sidebands.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/ml/maf_training.hpp"
#include "lacathode/models/flow_file.hpp"
#include "lacathode/stages/events/event_counts.hpp"
#include "lacathode/stages/frame/retrainings.hpp"
#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

struct TrainFlow {
    static constexpr const char* name = "train_flow";
    static constexpr const char* description =
        "Trains the conditional flow p(x|m) on the sidebands of an events file.";
    static constexpr const char* example =
        "lacathode-train-flow --events events.h5 --epochs 100 --output flow.h5";
    static constexpr int algorithm = 3;

    struct Config {
        MafArchitecture architecture;  ///< features come from the events
        MafTrainingOptions training;
        AdamOptions adam;
        Region region = Region::sideband;
        std::size_t retraining = 0;  ///< which independent training: selects its random streams
        double box_margin = 0;       ///< fraction of each feature's range, added on either side
    };
    struct Paths {
        std::string events;
        std::string output;
        std::size_t replicas = 1;  ///< retrainings in this call, from config.retraining on
    };

    static Section section(Config& config);
    static std::vector<std::string> problems(const Config& config);
    static std::vector<Argument> arguments(Paths& paths);
    /// What the events lack for these settings, one sentence each: known before any training.
    static std::vector<std::string> lacks(const Config& config, const EventCounts& events);

    /// What the flows of all retrainings are trained on.
    struct Sets {
        FeatureTransform transform;
        FlowData training;
        FlowData validation;
        Counts counts;  ///< events of each, and those outside the box of the transform
    };
    /// Fits the preprocessing. Throws InputError if either is empty.
    static Sets sets(const Config& config, const EventTable& events,
                     const MassWindow& signal_region);

    /// Fits preprocessing and flow on the training events of config.region and selects on its
    /// validation events. Throws InputError if either is empty, NumericalError as train_maf does.
    static FlowModel compute(const Config& config, const EventTable& events,
                             const MassWindow& signal_region, const Execution& execution,
                             const RandomStream& stream, TrainingKeeper* keeper = nullptr);
    static void run(const Config& config, const Paths& paths, Job& job);

    /// Whether replicas are one computation there; else they run side by side.
    static bool trains_together(const Config& config, const Execution& execution);
    /// All trainings, their numbers, files and seeds their own, with these settings else: those of
    /// one shape as one computation, in parts if the device has too little memory for all. Throws
    /// InputError as run() before any is trained; one that fails says so in its job.
    static void run_together(const Config& config, std::span<const JointTraining<Paths>> trainings);
};

}  // namespace lacathode
