#include "lacathode/stages/hunt.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/stages/frame/failed_check.hpp"
#include "lacathode/stages/metrics/search_file.hpp"
#include "lacathode/stages/search/fine_spectrum.hpp"
#include "lacathode/stats/bump_hunter.hpp"
#include "lacathode/stats/counting_limit.hpp"
#include "lacathode/stats/normal_distribution.hpp"
#include "stages/hunt/hunt_checks.hpp"

namespace lacathode {
namespace {

constexpr double least_in_window = 20;  // events that a window of the sidebands has to expect

// What is fitted: the signal and where it lies, the counts with and without the signal region's.
struct Sought {
    SpectrumModel model;
    SignalShape shape;
    std::vector<double> counts;
    std::vector<double> blinded;  ///< as the sidebands expect them
    CellRange region;             ///< the signal region
};

Sought counting_in(const BackgroundEstimate& background) {
    Sought sought{.model = background.chosen.model,
                  .shape = signal_in(background.signal_cell, background.counts.size()),
                  .counts = background.counts,
                  .blinded = background.counts,
                  .region = CellRange::one(background.signal_cell)};
    sought.blinded[background.signal_cell] = background.expected();
    return sought;
}

Sought peak_in(const FineSpectrum& fine, const SoughtSignal& signal, const MassWindow& window) {
    return {.model = fine.model,
            .shape = gaussian_signal(fine.model.cells(), signal.mean_in(window), signal.width),
            .counts = fine.counts,
            .blinded = fine.blinded(),
            .region = fine.signal_region};
}

// Those of the signal region are looked at here first.
void require_counts(const std::vector<double>& counts) {
    if (std::ranges::all_of(counts, [](double count) { return count >= 0; })) return;
    throw NumericalError(
        "the weights of events in the signal region add up to less than nothing in a bin: use "
        "wider bins (fit_background.bin_width)");
}

FoundBump bump_in(const FineSpectrum& fine, const Hunt::Config& config, const RandomStream& stream,
                  int threads) {
    require_counts(fine.counts);
    const SpectrumFit beside = fine.model.fit(fine.counts, {.left_out = fine.signal_region});
    const SpectrumFit null = fine.model.fit(fine.counts, {.start = beside.coefficients});
    const Bump bump = largest_bump(fine.counts, beside.expected, config.widest_bump);
    const auto& cells = fine.model.cells();
    FoundBump found{.low = cells[bump.window.first].low,
                    .high = cells[std::max<std::size_t>(bump.window.last, 1) - 1].high,
                    .statistic = bump.statistic,
                    .p = {},
                    .cells = cells,
                    .counts = fine.counts,
                    .expected = beside.expected};
    found.p = bump_probability(fine.model, null, fine.signal_region, bump, config.widest_bump,
                               static_cast<std::int64_t>(config.toys), stream, threads);
    return found;
}

// Nothing where a fit to the fine bins fails: excess and limits are of fits of their own.
std::optional<FoundBump> bump_if_it_fits(const FineSpectrum& fine, const Hunt::Config& config,
                                         std::size_t cut, Estimate kind, const RandomStream& stream,
                                         int threads) {
    try {
        return bump_in(fine, config, stream, threads);
    } catch (const NumericalError& error) {
        const double efficiency = cut == 0 ? 1 : config.spectrum.efficiencies.at(cut - 1);
        log_warning(concat("no largest bump at the background efficiency ", efficiency,
                           ", estimate by ", estimate_name(kind), ": ", error.what()));
        return {};
    }
}

// What part of itself the estimate may be wrong by, beyond its statistical error.
double relative_uncertainty(const Hunt::Config& config, std::size_t cut, const EstimateBias& bias) {
    const bool widens = config.bias == BiasTreatment::widen && !bias.regions.empty();
    const std::vector<double>& uncertainty = config.background_uncertainty;
    return std::hypot(widens ? bias.spread : 0,
                      cut == 0 || uncertainty.empty() ? 0 : uncertainty.at(cut - 1));
}

// Signal that a fit with the background held finds where that of the signal region is twice as
// large as it expects: of a counting experiment the background itself (11.9).
double signal_like_background(const Sought& sought) {
    double signal = 0, squares = 0;
    for (std::size_t cell = sought.region.first; cell < sought.region.last; ++cell) {
        if (sought.blinded[cell] <= 0) continue;
        signal += sought.shape[cell];
        squares += sought.shape[cell] * sought.shape[cell] / sought.blinded[cell];
    }
    return squares > 0 ? signal / squares : 0;
}

// Where few events are expected asymptotic limits are too strong; of a peak there are no others.
std::optional<CountingLimit> limit_of_few(const Hunt::Config& config,
                                          const BackgroundEstimate& background, double spurious) {
    const double expected = background.expected();
    if (config.signal.kind != SignalKind::window || expected >= config.few) return {};
    try {
        return CountingLimit(expected, std::hypot(background.expected_error(), spurious),
                             config.confidence);
    } catch (const NumericalError& error) {
        throw NumericalError(concat(error.what(), " (hunt.few = 0 takes asymptotic ones)"));
    }
}

// Ten times as many toys where so few lie above that p is a bound rather than a value, unless there
// is no hope that any will.
ToyProbability p_by_toys(const Hunt::Config& config, const Sought& sought, const ExcessTest& test,
                         const RandomStream& stream, int threads) {
    constexpr std::int64_t enough_above = 10;
    const auto toys = static_cast<std::int64_t>(config.toys);
    const auto p_of = [&](std::int64_t drawn) {
        return toy_p_value(sought.model, sought.shape, test, drawn, stream, threads);
    };
    const ToyProbability p = p_of(toys);
    const bool hopeless = normal_survival(test.z()) * 10 * static_cast<double>(toys) < 1;
    // A nuisance makes each some twenty times as slow.
    if (p.above >= enough_above || hopeless || test.spurious() > 0) return p;
    return p_of(10 * toys);
}

// What the sidebands say, whatever the signal region holds.
HuntedSignal expected_signal(const Hunt::Config& config, const Sought& sought,
                             const BackgroundEstimate& background, const EstimateBias& bias,
                             double spurious) {
    HuntedSignal signal{.background = background,
                        .bias = bias,
                        .spurious = spurious,
                        .limit = {},
                        .excess = {},
                        .by_toys = {},
                        .bump = {}};
    const auto few = limit_of_few(config, background, spurious);
    signal.limit.expected = few ? few->expected()
                                : ExcessTest(sought.model, sought.shape, sought.blinded, spurious)
                                      .upper_limit(config.confidence)
                                      .expected;
    signal.limit.observed = std::numeric_limits<double>::quiet_NaN();
    return signal;
}

// What the signal region holds.
void unblind(HuntedSignal& signal, const Hunt::Config& config, std::size_t cut,
             const Sought& sought, const FineSpectrum& fine, const RandomStream& stream,
             int threads) {
    const BackgroundEstimate& background = signal.background;
    require_counts(sought.counts);
    const ExcessTest test(sought.model, sought.shape, sought.counts, signal.spurious);
    signal.excess = test.result();
    const auto few = limit_of_few(config, background, signal.spurious);
    signal.limit.observed = few ? few->observed(sought.counts[background.signal_cell])
                                : test.upper_limit(config.confidence).observed;
    if (background.expected() < config.few)
        signal.by_toys = p_by_toys(config, sought, test, stream.at(0), threads);
    if (config.widest_bump > 0)
        signal.bump = bump_if_it_fits(fine, config, cut, background.kind, stream.at(1), threads);
}

HuntedSignal hunted(const Hunt::Config& config, std::size_t cut,
                    const BackgroundEstimate& background, const EstimateBias& bias,
                    const FineSpectrum& fine, const MassWindow& window, const RandomStream& stream,
                    int threads) {
    const Sought sought = config.signal.kind == SignalKind::window
                              ? counting_in(background)
                              : peak_in(fine, config.signal, window);
    const double spurious =
        relative_uncertainty(config, cut, bias) * signal_like_background(sought);
    HuntedSignal signal = expected_signal(config, sought, background, bias, spurious);
    if (config.unblind) unblind(signal, config, cut, sought, fine, stream, threads);
    return signal;
}

}  // namespace

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
                const BackgroundEstimate background =
                    estimate_background(kind, config.spectrum, spectra, cut, own.at(0), threads);
                const EstimateBias bias =
                    estimate_bias(kind, config.spectrum, spectra, cut, least_in_window);
                of_cut.push_back(in_events(naming_cut(spectra, cut, kind, [&] {
                    return hunted(config, cut, background, bias,
                                  fine_spectrum(background, config.spectrum, spectra, cut),
                                  spectra.signal_region, own.at(1), threads);
                })));
            } catch (const NumericalError& error) {
                const bool quoted = kind == config.quoted && cut > 0;
                if (quoted && config.failed_fit == FailedFit::error) throw;
                log_warning(
                    concat(quoted ? "no result " : "left out, as it is not the quoted one: ",
                           error.what()));
            }
        }
    }
    return all;
}

void Hunt::run(const Config& config, const Paths& paths, Job& job) {
    const EventReader scores(paths.scores, EventKind::scores);
    require_no_problems("hunt", misses(config, config.spectrum, scores.header().signal_region));
    const MassSpectra spectra = read_spectra(config.spectrum, scores);
    HuntResult result{.blinded = !config.unblind,
                      .quoted = config.quoted,
                      .confidence = config.confidence,
                      .signal = config.signal,
                      .exposure = config.exposure,
                      .cuts = compute(config, spectra, job.stream(name), job.threads()),
                      .failures = {},
                      .warnings = {}};
    std::vector<std::string> warned = cautions(config, spectra, result.cuts);
    const std::vector<std::string> failed = failures(config, spectra, result.cuts);
    for (const std::string& caution : warned) log_warning(concat(paths.output, ": ", caution));
    for (const std::string& failure : failed) log_warning(concat(paths.output, ": ", failure));
    if (config.checks == HuntChecks::fail) {
        result.failures = joined(failed, "; ");
    } else {
        warned.insert(warned.end(), failed.begin(), failed.end());
    }
    result.warnings = joined(warned, "\n");
    if (!config.unblind) {
        log_info(concat(paths.output,
                        " holds expected values only: what is in the signal region after a cut is "
                        "shown with hunt.unblind = true (--unblind)"));
    }
    job.made_from(scores.record("scores"));
    job.goes_back_to(scores.provenance().origins);
    job.report("method", method_name(spectra.method));
    job.report(summary_of(headline(spectra, result)));
    OutputFile file(paths.output, FileFormat::metrics, job.overwrite());
    write_hunt(file, spectra, result);
    job.commit(file);
    if (result.failures.empty()) return;
    throw FailedCheck(concat(paths.output, " fails its checks:\n  ", joined(failed, "\n  ")),
                      job.summary());
}

}  // namespace lacathode
