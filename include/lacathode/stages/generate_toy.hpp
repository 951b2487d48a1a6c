// Stage generate-toy: the toy model of the LaCATHODE paper, section III, as an events file.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

struct GenerateToy {
    static constexpr const char* name = "generate_toy";
    static constexpr const char* description =
        "Generates the toy model of the LaCATHODE paper: m uniform, x ~ N(c m, 1)^D.";
    static constexpr const char* example =
        "lacathode-generate-toy --correlation 0.1 --output toy.h5";
    static constexpr int algorithm = 3;

    struct Config {
        std::size_t events = 1'000'000;
        std::size_t features = 2;
        double correlation = 0.1;
        double mass_low = -10;
        double mass_high = 10;
        double signal_region_low = -0.3;
        double signal_region_high = 0.3;
        bool latent = false;  ///< write z = x - c m, the exact latent map, in place of x
        bool sample = false;  ///< the file stands for sampled background in classifier training
    };
    struct Paths {
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<std::string> problems(const Config& config);
    static std::vector<Argument> arguments(Paths& paths);

    /// The events, split as data are. `generation` gives the events, `split` the parts.
    static EventTable compute(const Config& config, const RandomStream& generation,
                              const RandomStream& split);
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
