#include "lacathode/stages/hunt.hpp"

#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/stages/fit_background.hpp"
#include "lacathode/stages/support/search_file.hpp"

namespace lacathode {
namespace {

// The signal region as the sidebands expect it: what is made of it owes nothing to its events.
std::vector<double> blinded(const BackgroundEstimate& estimate) {
    std::vector<double> counts = estimate.counts;
    counts[estimate.signal_cell] = estimate.expected();
    return counts;
}

constexpr double alarming_p_value = 0.01;
constexpr double alarming_bias = 0.5;  // of the statistical error

// A background that the sidebands contradict is none of the signal region's either.
void warn_of_bad_fits(const Hunt::Config& config, const MassSpectra& spectra,
                      const std::vector<HuntedCut>& cuts, const std::string& path) {
    for (std::size_t cut = 1; cut < cuts.size(); ++cut) {
        const HuntedSignal* found = of_kind(cuts[cut], config.quoted);
        expects(found != nullptr, "the quoted estimate was made");
        const HuntedSignal& quoted = *found;
        const BackgroundEstimate& background = quoted.background;
        const std::string subject =
            concat(path, ": the estimate by ", estimate_name(config.quoted),
                   " at the background efficiency ", spectra.efficiencies[cut]);
        if (background.goodness.p_value < alarming_p_value) {
            log_warning(concat(subject, " does not fit the sidebands (p ",
                               background.goodness.p_value,
                               "): what it says of the signal region is not to be trusted; the cut "
                               "may sculpt the spectrum, signal reach into the sidebands, or more "
                               "parameters or another range be needed"));
        }
        if (quoted.bias.regions.empty()) {
            log_warning(concat(subject,
                               " has no window of the sidebands with enough events to measure its "
                               "bias by"));
            continue;
        }
        const double wrong = quoted.bias.spread * background.expected();
        const double error =
            std::hypot(std::sqrt(background.expected()), background.expected_error());
        if (config.bias == BiasTreatment::report && wrong > alarming_bias * error) {
            log_warning(concat(subject, " is wrong by ", wrong,
                               " events in windows of the sidebands, beyond their statistics; the "
                               "statistical error is ",
                               error, ": hunt.bias = widen makes it a part of the error"));
        }
    }
}

HuntedSignal hunted(const Hunt::Config& config, const BackgroundEstimate& background,
                    const EstimateBias& bias, const RandomStream& stream, int threads) {
    const SpectrumModel& model = background.chosen.model;
    const std::size_t cell = background.signal_cell;
    const bool widens = config.bias == BiasTreatment::widen && !bias.regions.empty();
    const double spurious = widens ? bias.spread * background.expected() : 0;
    HuntedSignal signal{.background = background,
                        .bias = bias,
                        .spurious = spurious,
                        .limit = {},
                        .excess = {},
                        .by_toys = {}};
    signal.limit =
        ExcessTest(model, cell, blinded(background), spurious).upper_limit(config.confidence);
    signal.limit.observed = std::numeric_limits<double>::quiet_NaN();
    if (!config.unblind) return signal;
    const ExcessTest test(model, cell, background.counts, spurious);
    signal.excess = test.result();
    signal.limit.observed = test.upper_limit(config.confidence).observed;
    if (background.expected() < config.few && spurious == 0) {
        signal.by_toys =
            toy_p_value(model, cell, test, static_cast<std::int64_t>(config.toys), stream, threads);
    }
    return signal;
}

}  // namespace

Section Hunt::section(Config& c) {
    return {
        name,
        {{"estimate", "",
          "Whose result is quoted, declared beforehand: efficiency (selected over all events, "
          "smooth in m) or spectrum (a function through the selected events); both are in the "
          "file.",
          choice(c.quoted, {"spectrum", "efficiency"})},
         {"unblind", "",
          "Look at the signal region after the cuts; until then expected values only.", &c.unblind},
         {"confidence", "", "Of the upper limits (CLs).", &c.confidence, Range::fraction()},
         {"few", "events",
          "Expected background below which the p-value is that of toys, unless the error is "
          "widened: the asymptotic one is not uniform there.",
          &c.few, Range::at_least(0)},
         {"toys", "spectra", "So many.", &c.toys, Range::within(10, 1e8)},
         {"bias", "",
          "What windows of the sidebands, each left out of the fit and compared with it, show of "
          "the estimate's bias: report it, or widen the background's error by it.",
          choice(c.bias, {"report", "widen"})}}};
}

std::vector<Section> Hunt::further_sections(Config& config) {
    return {FitBackground::section(config.spectrum)};
}

std::vector<std::string> Hunt::problems(const Config& config) {
    Config c = config;
    Problems found;
    found.add(range_problems(section(c)));
    found.add(FitBackground::problems(c.spectrum));
    return found.take();
}

std::vector<Argument> Hunt::arguments(Paths& paths) {
    return {{"scores", ArgumentKind::input, "Scores file (from lacathode-combine-folds).",
             &paths.scores},
            {"output", ArgumentKind::output, "Metrics file to write.", &paths.output}};
}

std::vector<HuntedCut> Hunt::compute(const Config& config, const MassSpectra& spectra,
                                     const RandomStream& stream, int threads) {
    std::vector<HuntedCut> all;
    for (std::size_t cut = 0; cut < spectra.efficiencies.size(); ++cut) {
        HuntedCut& of_cut = all.emplace_back();
        for (const Estimate kind : estimates) {
            check_interrupt();
            if (cut == 0 && kind == Estimate::efficiency) continue;
            const RandomStream own = stream.at(cut).at(static_cast<std::uint64_t>(kind));
            try {
                of_cut.push_back(hunted(
                    config,
                    estimate_background(kind, config.spectrum, spectra, cut, own.at(0), threads),
                    estimate_bias(kind, config.spectrum, spectra, cut, config.few), own.at(1),
                    threads));
            } catch (const NumericalError& error) {
                if (kind == config.quoted) throw;
                log_warning(concat("left out, as it is not the quoted one: ", error.what()));
            }
        }
    }
    return all;
}

void Hunt::run(const Config& config, const Paths& paths, Job& job) {
    const EventReader scores(paths.scores, EventKind::scores);
    const MassSpectra spectra = read_spectra(config.spectrum, scores);
    const auto cuts = compute(config, spectra, job.stream(name), job.execution().threads);
    warn_of_bad_fits(config, spectra, cuts, paths.output);
    if (!config.unblind) {
        log_info(concat(paths.output,
                        " holds expected values only: what is in the signal region after a cut is "
                        "shown with hunt.unblind = true (--unblind)"));
    }
    job.made_from(scores.record("scores"));
    job.goes_back_to(scores.provenance().origins);
    job.report("method", method_name(spectra.method));
    job.report(summary_of(headline(spectra, config.quoted, cuts)));
    OutputFile file(paths.output, FileFormat::metrics, job.overwrite());
    write_hunt(file, spectra, config.quoted, config.confidence, cuts);
    job.commit(file);
}

}  // namespace lacathode
