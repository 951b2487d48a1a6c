// Stage density-ratio: the score of ANODE, two densities compared.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

struct DensityRatio {
    static constexpr const char* name = "density_ratio";
    static constexpr const char* description =
        "Compares the densities of two flows, the score of ANODE: log p_inner(x|m) - log "
        "p_outer(x|m) of every event, of the signal region's data and of the sidebands.";
    static constexpr const char* example =
        "lacathode-density-ratio --inner inner_latent.h5 --outer latent.h5 --output scores.h5";
    static constexpr int algorithm = 2;

    struct Config {
        std::size_t block_rows = default_block_rows;
    };
    struct Paths {
        std::string inner;  ///< events encoded with the flow of the signal region
        std::string outer;  ///< the same events encoded with that of the sidebands
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<Argument> arguments(Paths& paths);

    /// One column "score" (docs/method.md (7.1)); not mapped where one of the two is not.
    /// `inner_log_prob` and `outer_log_prob` [N] are log p(x|m), Jacobians of preprocessing
    /// included, of the rows of `inner` and `outer`.
    static EventTable compute(const EventTable& inner, std::span<const double> inner_log_prob,
                              const EventTable& outer, std::span<const double> outer_log_prob);
    /// Streams blocks of rows. Throws InputError unless both files hold the same events, `inner`
    /// encoded with a flow of the signal region and `outer` with one of the sidebands.
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
