// Stage train-flow: the background's density from the sidebands.
#pragma once

#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/ml/maf_training.hpp"
#include "lacathode/models/flow_file.hpp"
#include "lacathode/stages/support/event_counts.hpp"
#include "lacathode/stages/support/stage.hpp"

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
    };

    static Section section(Config& config);
    static std::vector<std::string> problems(const Config& config);
    static std::vector<Argument> arguments(Paths& paths);
    /// What the events lack for these settings, one sentence each: known before any training.
    static std::vector<std::string> lacks(const Config& config, const EventCounts& events);

    /// Fits preprocessing and flow on the training events of config.region and selects on its
    /// validation events. Throws InputError if either is empty, NumericalError as train_maf does.
    static FlowModel compute(const Config& config, const EventTable& events,
                             const MassWindow& signal_region, const Execution& execution,
                             const RandomStream& stream, TrainingKeeper* keeper = nullptr);
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
