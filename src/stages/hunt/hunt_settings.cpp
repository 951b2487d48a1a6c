// The keys of section "hunt", what is wrong with their values, and the files.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "lacathode/core/problems.hpp"
#include "lacathode/stages/fit_background.hpp"
#include "lacathode/stages/hunt.hpp"
#include "lacathode/stats/signal_shape.hpp"

namespace lacathode {

namespace {

std::vector<Field> estimate_fields(Hunt::Config& c) {
    return {
        {"estimate", "",
         "Whose result is quoted, declared beforehand: efficiency (selected over all events, "
         "smooth in m) or spectrum (a function through the selected events); both are in the "
         "file.",
         choice(c.quoted, {std::begin(estimate_names), std::end(estimate_names)})},
        {"unblind", "",
         "Look at the signal region after the cuts; until then expected values only.", &c.unblind},
        {"confidence", "", "Of the upper limits (CLs).", &c.confidence, Range::fraction()},
        {"few", "events",
         "Expected background below which the p-value is that of toys and the limit that of one "
         "count: asymptotic p are not uniform there, and limits too strong.",
         &c.few, Range::within(0, 1e4)},
        {"toys", "spectra",
         "Spectra drawn for the local p where few events are expected; ten times as many if fewer "
         "than ten of them reach the observed z and more could, unless the error is widened.",
         &c.toys, Range::within(10, 1e8)},
        {"bias", "",
         "What windows of the sidebands, each left out of the fit and compared with it, show of "
         "the estimate's bias: report it, or widen the background's error by it.",
         choice(c.bias, {"report", "widen"})},
        {"background_uncertainty", "",
         "Systematic uncertainty of the expected background after each cut of "
         "fit_background.efficiencies, relative to it, such as other signal regions tell; a part "
         "of the error in excess and limits.",
         &c.background_uncertainty},
        {"checks", "",
         "A quoted estimate that misses least_goodness or largest_bias: warn, or fail (exit code "
         "6, once all is written).",
         choice(c.checks, {"warn", "fail"})},
        {"least_goodness", "", "p-value of the estimate's fit to the sidebands.", &c.least_goodness,
         Range::within(0, 1)},
        {"largest_bias", "",
         "Largest bias that windows of the sidebands may show, beyond their own statistics, in "
         "units of the estimate's error (of statistics and background_uncertainty). Not looked at "
         "with bias = widen, which makes it a part of the error.",
         &c.largest_bias, Range::at_least(0)},
        {"failed_fit", "",
         "A quoted fit that does not converge: error, or leave_out (no result after that cut), as "
         "lacathode-toys has it, where such a toy counts as above the data.",
         choice(c.failed_fit, {"error", "leave_out"})}};
}

std::vector<Field> signal_fields(Hunt::Config& c) {
    return {
        {"signal", "",
         "What is sought: window (events in the signal region, whatever their mass) or gaussian "
         "(a peak, over all bins).",
         choice(c.signal.kind, {std::begin(signal_names), std::end(signal_names)})},
        {"signal_mean", "mass unit", "Of a gaussian signal; 0: the middle of the signal region.",
         &c.signal.mean, Range::at_least(0)},
        {"signal_width", "mass unit", "Standard deviation of a gaussian signal.", &c.signal.width,
         Range::at_least(0)},
        {"luminosity", "1/fb",
         "Of the data: signal and limits are told as cross-sections too; 0: not given.",
         &c.exposure.luminosity, Range::at_least(0)},
        {"signal_efficiencies", "",
         "With luminosity: the part of the signal's events, acceptance included, that is in the "
         "signal region (gaussian: anywhere) after each cut of fit_background.efficiencies.",
         &c.exposure.efficiencies},
        {"bump_bins", "bins",
         "The largest bump of up to so many bins anywhere in the spectrum (BumpHunter), with its "
         "p-value by toys; 0: none is sought.",
         &c.widest_bump, Range::within(0, 1000)}};
}

// Within the range of the spectrum's fit, the narrower one. Which of its bins have no events, and
// no efficiency, is not known yet.
std::vector<std::string> peak_misses(const SoughtSignal& peak, const SpectrumSettings& spectrum,
                                     const MassWindow& signal_region) {
    Problems found;
    const double mean = peak.mean_in(signal_region);
    found.unless(signal_region.contains(mean), "hunt.signal_mean = ", mean,
                 " lies outside the signal region ", signal_region.text(),
                 ": the flow would have learned such a signal");
    const double inside = gaussian_part(mean, peak.width, {spectrum.low, spectrum.high});
    found.unless(!(peak.width > 0) || inside >= least_part_of_peak,
                 "hunt.signal_width = ", peak.width, " leaves only ", 100 * inside,
                 " % of the peak between ", spectrum.low, " and ", spectrum.high,
                 ", where the spectrum is fitted: use a narrower peak "
                 "(another unit of the mass?)");
    return found.take();
}

}  // namespace

Section Hunt::section(Config& c) {
    std::vector<Field> fields = estimate_fields(c);
    std::ranges::move(signal_fields(c), std::back_inserter(fields));
    return {name, std::move(fields)};
}

std::vector<Section> Hunt::further_sections(Config& config) {
    return {FitBackground::section(config.spectrum)};
}

std::vector<std::string> Hunt::problems(const Config& config) {
    Config c = config;
    Problems found;
    found.add(range_problems(section(c)));
    found.add(FitBackground::problems(c.spectrum));
    found.unless(std::ranges::all_of(c.background_uncertainty,
                                     [](double value) { return value >= 0 && value <= 10; }),
                 "hunt.background_uncertainty must list numbers from 0 to 10, relative to what is "
                 "expected");
    const bool gaussian = c.signal.kind == SignalKind::gaussian;
    found.unless(!gaussian || c.signal.width > 0,
                 "hunt.signal = gaussian needs hunt.signal_width, the standard deviation");
    found.unless(gaussian || (c.signal.width == 0 && c.signal.mean == 0),
                 "hunt.signal_mean and signal_width are for hunt.signal = gaussian");
    const std::vector<double>& efficiencies = c.exposure.efficiencies;
    found.unless((c.exposure.luminosity > 0) == !efficiencies.empty(),
                 "hunt.luminosity and hunt.signal_efficiencies make a cross-section together: give "
                 "both or none");
    found.unless(std::ranges::all_of(efficiencies, [](double e) { return e > 0 && e <= 1; }),
                 "hunt.signal_efficiencies must list numbers above 0, at most 1");
    return found.take();
}

std::vector<std::string> Hunt::misses(const Config& config, const SpectrumSettings& spectrum,
                                      const MassWindow& signal_region) {
    Problems found;
    const auto one_a_cut = [&](const char* key, const std::vector<double>& values) {
        found.unless(values.empty() || values.size() == spectrum.efficiencies.size(), "hunt.", key,
                     " has ", values.size(), " numbers, but ", spectrum.efficiencies.size(),
                     " cuts are declared in fit_background.efficiencies: give one for each");
    };
    one_a_cut("signal_efficiencies", config.exposure.efficiencies);
    one_a_cut("background_uncertainty", config.background_uncertainty);
    if (config.signal.kind == SignalKind::gaussian)
        found.add(peak_misses(config.signal, spectrum, signal_region));
    // A p-value of toys is 1 / (toys + 1) at least: a check below that passes whatever the fit.
    const double least = config.least_goodness;
    const bool fails_no_fit = least > 0 && least * static_cast<double>(spectrum.toys + 1) <= 1;
    found.unless(config.checks != HuntChecks::fail || !fails_no_fit,
                 "hunt.least_goodness = ", least,
                 " fails no fit (hunt.checks = fail): p of fit_background.toys = ", spectrum.toys,
                 " is 1 / ", spectrum.toys + 1, " at least; use ", std::ceil(1 / least),
                 " toys or more, or set it to 0");
    return found.take();
}

std::vector<Argument> Hunt::arguments(Paths& paths) {
    return {{"scores", ArgumentKind::input, "Scores file (from lacathode-combine-folds).",
             &paths.scores},
            {"output", ArgumentKind::output, "Metrics file to write.", &paths.output}};
}

}  // namespace lacathode
