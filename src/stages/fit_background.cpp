#include "lacathode/stages/fit_background.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/stages/metrics/search_file.hpp"

namespace lacathode {
namespace {

constexpr double most_bins = 10'000;
constexpr double widest_bin = 1'000;  // relative to its mass; a spectrum falls by powers of it

}  // namespace

Section FitBackground::section(Config& c) {
    return {
        name,
        {{"efficiencies", "",
          "Fractions of background that the cuts keep, chosen before looking at the data.",
          &c.efficiencies, Range::fraction()},
         {"low", "mass unit", "Where the fit of the spectrum begins; above any turn-on.", &c.low,
          Range::positive()},
         {"high", "mass unit", "Where both fits end.", &c.high, Range::positive()},
         {"bin_width", "mass unit",
          "Widest bin; the signal region is one bin, the others are laid from its edges outwards.",
          &c.bin_width, Range::positive()},
         {"shape", "",
          "dijet: exp of 1, ln(1 - x), ln x, ln^2 x, ln^3 x with x = m / scale; log_polynomial: "
          "exp "
          "of a polynomial in ln x.",
          choice(c.shape, {"dijet", "log_polynomial"})},
         {"scale", "mass unit",
          "For dijet the energy of the collisions, sqrt(s); of the parameters in files the unit of "
          "m.",
          &c.scale, Range::positive()},
         {"least_parameters", "", "Of the spectrum's function.", &c.least_parameters,
          Range::within(1, 6)},
         {"most_parameters", "",
          "Taken one by one while the likelihood ratio in the sidebands asks for it.",
          &c.most_parameters, Range::within(1, 6)},
         {"efficiency_low", "mass unit",
          "Where the fit of the selected fraction begins; it needs no falling spectrum.",
          &c.efficiency_low, Range::positive()},
         {"least_degree", "", "Of the polynomial in ln m that is the fraction's logarithm.",
          &c.least_degree, Range::within(0, 5)},
         {"most_degree", "", "Taken one by one, as most_parameters.", &c.most_degree,
          Range::within(0, 5)},
         {"level", "", "p-value below which one more parameter is taken.", &c.level,
          Range::fraction()},
         {"toys", "spectra", "Drawn for the p-value of each fit's goodness.", &c.toys,
          Range::within(10, 1e7)}}};
}

std::vector<std::string> FitBackground::problems(const Config& config) {
    Config c = config;
    Problems found;
    found.add(range_problems(section(c)));
    found.unless(!c.efficiencies.empty(),
                 "fit_background.efficiencies must list numbers between 0 and 1");
    std::vector<double> efficiencies = c.efficiencies;
    std::ranges::sort(efficiencies);
    found.unless(std::ranges::adjacent_find(efficiencies) == efficiencies.end(),
                 "fit_background.efficiencies must list each number once");
    found.unless(c.low < c.high, "fit_background.low = ", c.low,
                 " must be below fit_background.high = ", c.high);
    found.unless(!(c.bin_width > 0) || c.high - c.efficiency_low <= most_bins * c.bin_width,
                 "fit_background.bin_width = ", c.bin_width, " makes more than ", most_bins,
                 " bins of the range from ", c.efficiency_low, " to ", c.high,
                 ": use wider ones (another unit of the mass?)");
    found.unless(c.bin_width <= widest_bin * c.low, "fit_background.low = ", c.low,
                 " is below a thousandth of fit_background.bin_width = ", c.bin_width,
                 ": no function is followed over such a bin; begin higher");
    found.unless(c.efficiency_low <= c.low, "fit_background.efficiency_low = ", c.efficiency_low,
                 " must be at most fit_background.low = ", c.low);
    found.unless(
        c.shape != SpectrumShape::dijet || c.high < c.scale, "fit_background.high = ", c.high,
        " must be below fit_background.scale = ", c.scale, ", the energy of the collisions");
    const std::size_t least = least_spectrum_parameters(c.shape);
    const std::size_t most = most_spectrum_parameters(c.shape);
    found.unless(least <= c.least_parameters && c.least_parameters <= c.most_parameters &&
                     c.most_parameters <= most,
                 "fit_background.least_parameters = ", c.least_parameters,
                 " and most_parameters = ", c.most_parameters, " must ascend within ", least,
                 " to ", most, ", which the shape has");
    found.unless(c.least_degree <= c.most_degree, "fit_background.least_degree = ", c.least_degree,
                 " must be at most fit_background.most_degree = ", c.most_degree);
    return found.take();
}

std::vector<Argument> FitBackground::arguments(Paths& paths) {
    return {{"scores", ArgumentKind::input, "Scores file (from lacathode-combine-folds).",
             &paths.scores},
            {"output", ArgumentKind::output, "Metrics file to write.", &paths.output}};
}

BackgroundEstimates FitBackground::compute(const Config& config, const MassSpectra& spectra,
                                           const RandomStream& stream, int threads) {
    BackgroundEstimates all;
    std::string failed;
    for (std::size_t cut = 0; cut < spectra.efficiencies.size(); ++cut) {
        std::vector<BackgroundEstimate>& of_cut = all.emplace_back();
        for (const Estimate kind : estimates) {
            check_interrupt();
            if (cut == 0 && kind == Estimate::efficiency) continue;
            try {
                of_cut.push_back(in_events(estimate_background(
                    kind, config, spectra, cut, stream.at(cut).at(static_cast<std::uint64_t>(kind)),
                    threads)));
            } catch (const NumericalError& error) {
                failed = error.what();
                log_warning(concat("left out: ", failed));
            }
        }
    }
    if (std::ranges::all_of(all, &std::vector<BackgroundEstimate>::empty))
        throw NumericalError(failed);
    return all;
}

void FitBackground::run(const Config& config, const Paths& paths, Job& job) {
    const EventReader scores(paths.scores, EventKind::scores);
    const MassSpectra spectra = read_spectra(config, scores);
    const auto fits = compute(config, spectra, job.stream(name), job.threads());
    job.made_from(scores.record("scores"));
    job.goes_back_to(scores.provenance().origins);
    job.report("method", method_name(spectra.method));
    job.report(summary_of(headline(spectra, fits)));
    OutputFile file(paths.output, FileFormat::metrics, job.overwrite());
    write_background(file, spectra, fits);
    job.commit(file);
}

}  // namespace lacathode
