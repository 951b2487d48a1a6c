// Stage hunt: is there a signal? Excess, interval and limit after each declared cut.
#pragma once

#include <string>
#include <vector>

#include "lacathode/stages/frame/stage_room.hpp"
#include "lacathode/stages/search/hunted_signal.hpp"

namespace lacathode {

/// What is done about the bias of an estimate that windows of the sidebands show.
enum class BiasTreatment {
    report,  ///< tell of it
    widen    ///< make it an error of the background
};

/// What becomes of a hunt whose quoted estimate cannot be trusted.
enum class HuntChecks {
    warn,  ///< tell of it
    fail   ///< exit code 6; the output is there
};

/// What becomes of a cut whose quoted fit does not converge.
enum class FailedFit {
    error,     ///< the hunt fails
    leave_out  ///< the cut has no result
};

struct Hunt {
    static constexpr const char* name = "hunt";
    static constexpr const char* description =
        "Looks for an excess in the signal region after each declared cut: expected events and "
        "limits, and, once told to unblind, the observed ones with p-value, signal and limit.";
    static constexpr const char* example =
        "lacathode-hunt --scores scores_00.h5 --set fit_background.efficiencies=0.01,0.001 "
        "--output hunt.h5";
    static constexpr int algorithm = 9;  // 9: limits of a count between two numbers of events

    struct Config {
        SpectrumSettings spectrum = {};
        Estimate quoted = Estimate::efficiency;
        bool unblind = false;
        double confidence = 0.95;   ///< of the upper limits
        double few = 100;           ///< expected events below which nothing is asymptotic
        std::size_t toys = 10'000;  ///< of each p-value by toys
        BiasTreatment bias = BiasTreatment::report;
        /// Relative, of the expected background after each cut; empty: none
        std::vector<double> background_uncertainty = {};
        HuntChecks checks = HuntChecks::warn;
        double least_goodness = 0.01;  ///< p of the fit to the sidebands
        double largest_bias = 0.5;     ///< of the estimate's error
        FailedFit failed_fit = FailedFit::error;
        SoughtSignal signal = {};
        Exposure exposure = {};
        std::size_t widest_bump = 0;  ///< bins; 0: no bump is sought
    };
    struct Paths {
        std::string scores;  ///< aligned
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<Section> further_sections(Config& config);
    static std::vector<std::string> problems(const Config& config);
    static std::vector<Argument> arguments(Paths& paths);
    /// A sentence for each setting that does not go with these cuts or this signal region.
    static std::vector<std::string> misses(const Config& config, const SpectrumSettings& spectrum,
                                           const MassWindow& signal_region);

    /// [E] of each of the spectra's cuts, the first of which is none. While blinded what is made
    /// owes nothing to the counts of the signal region after a cut. Throws as estimate_background
    /// does for the quoted estimate, unless failed_fit leaves it out, as the other one always is.
    static std::vector<HuntedCut> compute(const Config& config, const MassSpectra& spectra,
                                          const RandomStream& stream, int threads);
    /// Throws FailedCheck, once the output is there, for what config.checks has fail.
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
