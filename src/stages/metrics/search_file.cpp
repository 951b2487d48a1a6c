#include "lacathode/stages/metrics/search_file.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include "stages/metrics/search_datasets.hpp"

namespace lacathode {
namespace {

// Windows of the sidebands, of each cut as many as had enough events.
void write_bias(OutputFile& file, const std::vector<HuntedCut>& cuts, Estimate kind) {
    std::size_t most = 0;
    for (const HuntedCut& cut : cuts) {
        for (const HuntedSignal& signal : cut) most = std::max(most, signal.bias.regions.size());
    }
    const EstimateDatasets<HuntedSignal> datasets(file, cuts, kind, "bias/");
    const auto of_regions = [&](const std::string& name, double PseudoRegion::*value) {
        datasets.rows(name, most, [value](const HuntedSignal& one) {
            std::vector<double> row;
            for (const PseudoRegion& region : one.bias.regions) row.push_back(region.*value);
            return row;
        });
    };
    const auto numbers = [&](const std::string& name, double EstimateBias::*value) {
        datasets.numbers(name, [value](const HuntedSignal& one) { return one.bias.*value; });
    };
    of_regions("low", &PseudoRegion::low);
    of_regions("high", &PseudoRegion::high);
    of_regions("observed", &PseudoRegion::observed);
    of_regions("expected", &PseudoRegion::expected);
    of_regions("error", &PseudoRegion::expected_error);
    numbers("relative", &EstimateBias::relative);
    numbers("relative_error", &EstimateBias::relative_error);
    numbers("spread", &EstimateBias::spread);
    numbers("p_value", &EstimateBias::p_value);
}

// The excess in units of `unit(cut)` events.
void write_excess(const EstimateDatasets<HuntedSignal>& datasets,
                  const std::function<double(std::size_t cut)>& unit) {
    const auto events = [&](const std::string& name, double Excess::*value) {
        datasets.numbers(name, [&, value](const HuntedSignal& one, std::size_t cut) {
            return one.excess ? (*one.excess).*value / unit(cut) : no_number;
        });
    };
    events("signal", &Excess::signal);
    events("signal_low", &Excess::signal_low);
    events("signal_high", &Excess::signal_high);
    datasets.numbers("limit/observed", [&](const HuntedSignal& one, std::size_t cut) {
        return one.limit.observed / unit(cut);
    });
    datasets.rows("limit/expected", 5, [&](const HuntedSignal& one, std::size_t cut) {
        std::vector<double> row;
        for (const double limit : one.limit.expected) row.push_back(limit / unit(cut));
        return row;
    });
}

void write_found(OutputFile& file, const std::vector<HuntedCut>& cuts, Estimate kind) {
    const EstimateDatasets<HuntedSignal> datasets(file, cuts, kind);
    write_excess(datasets, [](std::size_t) { return 1.0; });
    datasets.numbers("spurious", [](const HuntedSignal& one) { return one.spurious; });
    datasets.numbers("observed", [](const HuntedSignal& one) {
        return one.excess ? one.background.counts[one.background.signal_cell] : no_number;
    });
    datasets.numbers(
        "z", [](const HuntedSignal& one) { return one.excess ? one.excess->z : no_number; });
    datasets.numbers("asymptotic_p_value", [](const HuntedSignal& one) {
        return one.excess ? one.excess->p_value : no_number;
    });
    datasets.numbers("p_value", [](const HuntedSignal& one) { return one.p_value(); });
    datasets.numbers("p_value_error",
                     [](const HuntedSignal& one) { return one.by_toys ? one.by_toys->error : 0; });
    datasets.numbers("p_value_toys",
                     [](const HuntedSignal& one) { return one.by_toys ? one.by_toys->toys : 0; });
}

void write_signal(OutputFile& file, const MassSpectra& spectra, const HuntResult& result) {
    file.set_attribute("/", "signal", signal_name(result.signal.kind));
    if (result.signal.kind == SignalKind::gaussian) {
        file.set_attribute("/", "signal_mean", result.signal.mean_in(spectra.signal_region));
        file.set_attribute("/", "signal_width", result.signal.width);
    }
    if (result.exposure.luminosity == 0) return;
    file.set_attribute("/", "luminosity", result.exposure.luminosity);
    write_numbers(file, "/events_per_fb", result.cuts.size(),
                  [&](std::size_t cut) { return result.exposure.events_per_fb(cut); });
}

// Of all that is a number of signal events; nothing without a luminosity.
void write_cross_section(OutputFile& file, const HuntResult& result, Estimate kind) {
    if (result.exposure.luminosity == 0) return;
    write_excess({file, result.cuts, kind, "cross_section/"},
                 [&](std::size_t cut) { return result.exposure.events_per_fb(cut); });
}

// Nothing if it was not sought.
void write_bump(OutputFile& file, const std::vector<HuntedCut>& cuts, Estimate kind) {
    bool any = false;
    std::size_t most = 0;
    for (const HuntedCut& cut : cuts) {
        const HuntedSignal* one = of_kind(cut, kind);
        if (one == nullptr || !one->bump) continue;
        any = true;
        most = std::max(most, one->bump->cells.size());
    }
    if (!any) return;
    const EstimateDatasets<HuntedSignal> datasets(file, cuts, kind, "bump/");
    const auto numbers = [&](const std::string& name, const auto& number) {
        datasets.numbers(name, [&](const HuntedSignal& one) {
            return one.bump ? number(*one.bump) : no_number;
        });
    };
    numbers("low", [](const FoundBump& bump) { return bump.low; });
    numbers("high", [](const FoundBump& bump) { return bump.high; });
    numbers("statistic", [](const FoundBump& bump) { return bump.statistic; });
    numbers("p_value", [](const FoundBump& bump) { return bump.p.p_value; });
    numbers("p_value_error", [](const FoundBump& bump) { return bump.p.error; });
    const auto rows = [&](const std::string& name, const auto& row_of) {
        datasets.rows("bins/" + name, most, [&](const HuntedSignal& one) {
            return one.bump ? row_of(*one.bump) : std::vector<double>{};
        });
    };
    const auto edges = [](double MassCell::*edge) {
        return [edge](const FoundBump& bump) {
            std::vector<double> row;
            for (const MassCell& cell : bump.cells) row.push_back(cell.*edge);
            return row;
        };
    };
    rows("low", edges(&MassCell::low));
    rows("high", edges(&MassCell::high));
    rows("counts", [](const FoundBump& bump) { return bump.counts; });
    rows("expected", [](const FoundBump& bump) { return bump.expected; });
}

BackgroundEstimates backgrounds_of(const std::vector<HuntedCut>& cuts) {
    BackgroundEstimates all;
    for (const HuntedCut& cut : cuts) {
        std::vector<BackgroundEstimate>& of_cut = all.emplace_back();
        for (const HuntedSignal& signal : cut) of_cut.push_back(signal.background);
    }
    return all;
}

}  // namespace

void write_background(OutputFile& file, const MassSpectra& spectra,
                      const BackgroundEstimates& estimates_of_cuts) {
    file.set_attribute("/", "kind", std::string(background_kind));
    write_spectra(file, spectra, /*blinded=*/true);
    for (const Estimate kind : estimates) write_estimates(file, spectra, estimates_of_cuts, kind);
}

void write_hunt(OutputFile& file, const MassSpectra& spectra, const HuntResult& result) {
    const bool blinded = result.blinded;
    file.set_attribute("/", "kind", std::string(hunt_kind));
    file.set_attribute("/", "quoted", estimate_name(result.quoted));
    file.set_attribute("/", "confidence", result.confidence);
    file.set_attribute("/", "failures", result.failures);
    file.set_attribute("/", "warnings", result.warnings);
    file.set_attribute("/", "blinded", static_cast<std::int64_t>(blinded ? 1 : 0));
    write_signal(file, spectra, result);
    write_spectra(file, spectra, blinded);
    if (!blinded && !spectra.true_signal.empty())
        file.write_vector<double>("/true_signal", spectra.true_signal);
    for (const Estimate kind : estimates) {
        write_estimates(file, spectra, backgrounds_of(result.cuts), kind);
        write_found(file, result.cuts, kind);
        write_cross_section(file, result, kind);
        write_bump(file, result.cuts, kind);
        write_bias(file, result.cuts, kind);
    }
}

}  // namespace lacathode
