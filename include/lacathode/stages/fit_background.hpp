// Stage fit-background: how many background events are expected after a cut, from the sidebands.
#pragma once

#include <string>
#include <vector>

#include "lacathode/stages/frame/stage_room.hpp"
#include "lacathode/stages/search/background_estimate.hpp"

namespace lacathode {

struct FitBackground {
    static constexpr const char* name = "fit_background";
    static constexpr const char* description =
        "Fits the mass spectrum of the events that pass a cut, and the fraction of all events that "
        "they are, in the sidebands, and says what both expect in the signal region, which it does "
        "not look at.";
    static constexpr const char* example =
        "lacathode-fit-background --scores scores_00.h5 --efficiencies 0.01,0.001 --output "
        "background.h5";
    static constexpr int algorithm = 4;  // 4: the number of toys of each goodness

    using Config = SpectrumSettings;
    struct Paths {
        std::string scores;  ///< aligned
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<std::string> problems(const Config& config);
    static std::vector<Argument> arguments(Paths& paths);

    /// [E] the estimates that could be made at each efficiency of `spectra`, in events; the others
    /// are left out, with a warning. Throws NumericalError if there is none at all, else what
    /// estimate_background throws.
    static BackgroundEstimates compute(const Config& config, const MassSpectra& spectra,
                                       const RandomStream& stream, int threads);
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
