#include "lacathode/stages/hunt.hpp"

#include <limits>

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

// A background that the sidebands contradict is none of the signal region's either.
void warn_of_bad_fits(const Hunt::Config& config, const MassSpectra& spectra,
                      const std::vector<HuntedCut>& cuts, const std::string& path) {
    for (std::size_t cut = 1; cut < cuts.size(); ++cut) {
        const BackgroundEstimate& quoted =
            cuts[cut][static_cast<std::size_t>(config.quoted)].background;
        if (quoted.goodness.p_value >= alarming_p_value) continue;
        log_warning(concat(path, ": the estimate by ", estimate_name(config.quoted),
                           " does not fit the sidebands at the background efficiency ",
                           spectra.efficiencies[cut], " (p ", quoted.goodness.p_value,
                           "): what it says of the signal region is not to be trusted; the cut may "
                           "sculpt the spectrum, signal reach into the sidebands, or more "
                           "parameters or another range be needed"));
    }
}

HuntedSignal hunted(const Hunt::Config& config, const BackgroundEstimate& background,
                    const RandomStream& stream, int threads) {
    const SpectrumModel& model = background.chosen.model;
    const std::size_t cell = background.signal_cell;
    HuntedSignal signal{.background = background, .limit = {}, .excess = {}, .by_toys = {}};
    signal.limit = ExcessTest(model, cell, blinded(background)).upper_limit(config.confidence);
    signal.limit.observed = std::numeric_limits<double>::quiet_NaN();
    if (!config.unblind) return signal;
    const ExcessTest test(model, cell, background.counts);
    signal.excess = test.result();
    signal.limit.observed = test.upper_limit(config.confidence).observed;
    if (background.expected() < config.few) {
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
          "Expected background below which the p-value is that of toys: the asymptotic one is "
          "not uniform there.",
          &c.few, Range::at_least(0)},
         {"toys", "spectra", "So many.", &c.toys, Range::within(10, 1e8)}}};
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
            of_cut.push_back(
                hunted(config,
                       estimate_background(kind, config.spectrum, spectra, cut, own.at(0), threads),
                       own.at(1), threads));
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
