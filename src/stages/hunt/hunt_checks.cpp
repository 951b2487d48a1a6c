#include "stages/hunt/hunt_checks.hpp"

#include <cmath>
#include <functional>
#include <utility>

#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

// The Poisson likelihood of (11.6) makes errors too large beyond it.
constexpr double loosest_cut = 0.2;

std::string subject_of(const Hunt::Config& config, const MassSpectra& spectra, std::size_t cut) {
    return concat("the estimate by ", estimate_name(config.quoted),
                  " at the background efficiency ", spectra.efficiencies[cut]);
}

// Of toys that count as above as their fit failed, more than the toys' own error.
std::string of_failed_toys(const std::string& subject, const ToyProbability& p) {
    if (p.failed * p.failed <= p.above) return {};
    return concat(subject, " has a p of toys, ", p.p_value, ", that counts ", p.failed, " of ",
                  p.toys,
                  " as above whose fit failed: it is a bound; use fewer parameters, a "
                  "looser cut or a range with more events");
}

// Calls tell(subject, quoted, cut) for the quoted estimate of every cut that has one.
void for_quoted(
    const Hunt::Config& config, const MassSpectra& spectra, const std::vector<HuntedCut>& cuts,
    const std::function<void(const std::string&, const HuntedSignal&, std::size_t)>& tell) {
    for (std::size_t cut = 1; cut < cuts.size(); ++cut) {
        const HuntedSignal* quoted = of_kind(cuts[cut], config.quoted);
        if (quoted != nullptr) tell(subject_of(config, spectra, cut), *quoted, cut);
    }
}

// What is told, if anything is.
void add_told(std::vector<std::string>& all, std::string told) {
    if (!told.empty()) all.push_back(std::move(told));
}

// A fit that misses hunt.least_goodness.
std::string of_goodness(const Hunt::Config& config, const std::string& subject,
                        const HuntedSignal& quoted) {
    const ToyProbability& goodness = quoted.background.goodness;
    if (!(goodness.p_value < config.least_goodness)) return {};
    const bool no_toy = goodness.above == 0 && goodness.toys > 0;
    return concat(subject, " does not fit the sidebands (p ", no_toy ? "< " : "", goodness.p_value,
                  ", hunt.least_goodness = ", config.least_goodness,
                  "): what it says of the signal region is not to be trusted; the cut may sculpt "
                  "the spectrum, signal reach into the sidebands, or more parameters or another "
                  "range be needed");
}

// A bias beyond hunt.largest_bias.
std::string of_bias(const Hunt::Config& config, const std::string& subject,
                    const HuntedSignal& quoted, std::size_t cut) {
    if (quoted.bias.regions.empty() || config.bias == BiasTreatment::widen) return {};
    const BackgroundEstimate& background = quoted.background;
    const double wrong = quoted.bias.spread * background.expected();
    const std::vector<double>& declared = config.background_uncertainty;
    const double error =
        std::hypot(std::sqrt(background.scale * background.expected()), background.expected_error(),
                   declared.empty() ? 0 : declared.at(cut - 1) * background.expected());
    if (!(wrong > config.largest_bias * error)) return {};
    return concat(subject, " is wrong by ", wrong,
                  " events in windows of the sidebands, beyond their statistics; the error is ",
                  error, " (hunt.largest_bias = ", config.largest_bias,
                  "): hunt.bias = widen makes it a part of the error");
}

}  // namespace

std::vector<std::string> failures(const Hunt::Config& config, const MassSpectra& spectra,
                                  const std::vector<HuntedCut>& cuts) {
    std::vector<std::string> all;
    for (std::size_t cut = 1; cut < cuts.size(); ++cut) {
        if (of_kind(cuts[cut], config.quoted) == nullptr)
            all.push_back(subject_of(config, spectra, cut) + " has no result: its fit failed");
    }
    for_quoted(config, spectra, cuts,
               [&](const std::string& subject, const HuntedSignal& quoted, std::size_t cut) {
                   add_told(all, of_goodness(config, subject, quoted));
                   add_told(all, of_bias(config, subject, quoted, cut));
               });
    return all;
}

std::vector<std::string> cautions(const Hunt::Config& config, const MassSpectra& spectra,
                                  const std::vector<HuntedCut>& cuts) {
    std::vector<std::string> all;
    const bool by_efficiency = config.quoted == Estimate::efficiency;
    if (by_efficiency && info(spectra.method).space == Space::features) {
        all.push_back(concat(
            "the estimate by efficiency presumes that a cut does not sculpt the spectrum, which "
            "nothing promises of ",
            method_name(spectra.method), ": hunt.estimate = spectrum presumes a smooth one only"));
    }
    for_quoted(
        config, spectra, cuts,
        [&](const std::string& subject, const HuntedSignal& quoted, std::size_t cut) {
            if (by_efficiency && spectra.efficiencies[cut] > loosest_cut)
                all.push_back(concat(subject,
                                     " counts what passes as Poisson events, though more than ",
                                     loosest_cut, " of all do: its errors are too large"));
            if (quoted.bias.regions.empty())
                all.push_back(concat(subject,
                                     " has no window of the sidebands with enough events to "
                                     "measure its bias by"));
            if (quoted.by_toys) add_told(all, of_failed_toys(subject, *quoted.by_toys));
            if (config.unblind && config.widest_bump > 0 && !quoted.bump)
                all.push_back(subject + " tells no largest bump: a fit to the fine bins failed");
            if (quoted.bump)
                add_told(all, of_failed_toys(subject + ", its largest bump,", quoted.bump->p));
            if (config.signal.kind == SignalKind::gaussian &&
                quoted.background.expected() < config.few * spectra.scale_of(cut))
                all.push_back(
                    concat(subject, " expects ", quoted.background.expected(),
                           " events in the signal region: limits on a peak are asymptotic, "
                           "and too strong there"));
        });
    return all;
}

}  // namespace lacathode
