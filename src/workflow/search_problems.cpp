#include "workflow/search_problems.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/search/spectrum_settings.hpp"
#include "workflow/chain_configs.hpp"

namespace lacathode {
namespace {

// How many background events align the scores of the method, and the key that says so.
std::pair<std::size_t, std::string> reference_of(const ChainConfig& config, Method method) {
    switch (info(method).background) {
        case Background::truth:
            return {config.stages.of<Prepare>().extra.validation, "prepare.extra_validation"};
        case Background::transported:
            return {config.stages.of<Sample>().size.validation, "sample.validation"};
        default:
            return {config.run.reference, "run.reference"};
    }
}

// None for edges that are told of as problems of their section.
std::optional<MassWindow> window_of(const Prepare::Config& prepare) {
    const double low = prepare.signal_region_low;
    const double high = prepare.signal_region_high;
    if (!std::isfinite(low) || !std::isfinite(high) || !(low < high)) return {};
    return MassWindow(low, high);
}

std::vector<std::string> bins_miss(const SpectrumSettings& spectrum, const MassWindow& window) {
    const std::vector<MassCell> cells = mass_cells(spectrum, window);
    const auto of_function = static_cast<std::size_t>(std::ranges::count_if(
        cells, [&](const MassCell& cell) { return cell.low >= spectrum.low; }));
    Problems found;
    const auto require = [&](std::size_t bins, std::size_t parameters) {
        found.unless(bins > parameters + 1, "fit_background.bin_width = ", spectrum.bin_width,
                     " leaves ", bins, " bins, the signal region among them, for ", parameters,
                     " parameters: use narrower bins");
    };
    require(of_function, spectrum.least_parameters);
    require(cells.size(), spectrum.least_degree + 1);
    return found.take();
}

// What the range and the bins of the fits lack for a hunt in this signal region.
std::vector<std::string> window_misses(const ChainConfig& config, const MassWindow& window) {
    const SpectrumSettings& spectrum = config.stages.of<FitBackground>();
    Problems found;
    found.add(range_misses(spectrum, window));
    if (!found.empty()) return found.take();
    if (FitBackground::problems(spectrum).empty()) found.add(bins_miss(spectrum, window));
    found.add(Hunt::misses(config.stages.of<Hunt>(), spectrum, window));
    return found.take();
}

// What the spectrum lacks that pseudo-data are drawn from; a hunt in the same region lacks it too,
// and has told.
std::vector<std::string> spectrum_misses(const ChainConfig& config) {
    const Prepare::Config base = base_prepare_config(config);
    const Prepare::Config& search = config.stages.of<Prepare>();
    const bool has_told = config.run.hunt && base.signal_region_low == search.signal_region_low &&
                          base.signal_region_high == search.signal_region_high;
    const std::optional<MassWindow> window = window_of(base);
    if (config.stages.of<PseudoData>().source != PseudoSource::null || has_told || !window)
        return {};
    Problems found;
    found.add(range_misses(config.stages.of<FitBackground>(), *window), "run.pseudo_data: ");
    return found.take();
}

// What the splits and the tests lack for pseudo-data that have events several times.
std::vector<std::string> copies_miss(const ChainConfig& config) {
    Problems found;
    if (config.stages.of<PseudoData>().source != PseudoSource::bootstrap) return found.take();
    found.unless(config.run.folds > 0,
                 "pseudo_data.source = bootstrap draws an event several times, and only folds keep "
                 "its copies together: set run.folds");
    const auto leave_out = [&](const char* key, bool is_set) {
        found.unless(!is_set, key,
                     " tests independent events, and pseudo_data.source = bootstrap has copies: "
                     "set it to false");
    };
    leave_out("run.sculpting", config.run.sculpting);
    leave_out("run.check_flow", config.run.check_flow);
    return found.take();
}

}  // namespace

std::vector<std::string> hunt_misses(const ChainConfig& config) {
    Problems found;
    if (!config.run.hunt) return found.take();
    const SpectrumSettings& spectrum = config.stages.of<FitBackground>();
    if (const auto window = window_of(config.stages.of<Prepare>()))
        found.add(window_misses(config, *window));
    std::set<std::string> told;
    for (const Method method : config.run.methods) {
        const auto [references, name] = reference_of(config, method);
        if (told.insert(name).second) found.add(efficiencies_miss(spectrum, references, name));
    }
    return found.take();
}

std::vector<std::string> pseudo_data_miss(const ChainConfig& config) {
    Problems found;
    if (!config.run.pseudo_data) return found.take();
    for (const Method method : config.run.methods) {
        found.unless(!info(method).needs_truth(), "run.methods has ", method_name(method),
                     ", which needs the truth, and pseudo-data are without: leave it out");
    }
    found.unless(!config.run.sic,
                 "run.sic needs the truth, and pseudo-data are without: set it to false");
    found.add(copies_miss(config));
    found.add(spectrum_misses(config));
    return found.take();
}

}  // namespace lacathode
