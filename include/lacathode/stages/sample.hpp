// Stage sample: background events for the classifier, drawn from the interpolated flow.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lacathode/stages/events/background_sampler.hpp"
#include "lacathode/stages/frame/stage_room.hpp"
#include "lacathode/stats/kernel_density.hpp"

namespace lacathode {

struct Sample {
    static constexpr const char* name = "sample";
    static constexpr const char* description =
        "Makes background events of the signal region with the flow: latent coordinates "
        "N(0, 1)^D for lacathode, features drawn for cathode and, at one mass, for double_map, "
        "sideband events moved to signal-region masses for curtains.";
    static constexpr const char* example =
        "lacathode-sample --method cathode --events events.h5 --flow flow.h5 --output samples.h5";
    static constexpr int algorithm = 4;  // 4: a sideband event that is used again is told as such

    struct Config {
        SampleSize size;
        std::size_t checkpoints = 1;
        std::size_t reference = 0;  ///< events of a reference, instead of a sample to train on
        std::size_t retraining = 0;
        double bandwidth = 0.01;
    };
    struct Paths {
        std::optional<Method> method;
        std::string events;  ///< its signal-region training masses give the density of m
        std::string flow;
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<Argument> arguments(Paths& paths);

    /// All rows at once; run() writes them block by block.
    static BackgroundSample compute(const Config& config, const BackgroundSource& source,
                                    const FlowModel& model, const MassDensity& mass_density,
                                    const Execution& execution, const RandomStream& stream);
    /// A method whose classifier works on features gets an events file, one that works in the
    /// latent space a latent file. Throws UsageError if several checkpoints are asked for by a
    /// method other than of Background::sampled: its data and background share the best one's
    /// latent space.
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
