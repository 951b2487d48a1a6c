#include "lacathode/stages/support/search_file.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <string>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/shared_groups.hpp"

namespace lacathode {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_terms = 6;

// What is written of each cut: a row of `columns` numbers, NaN where there are none.
using RowOf = std::function<std::vector<double>(std::size_t cut)>;

void write_rows(OutputFile& file, const std::string& name, std::size_t cuts, std::size_t columns,
                const RowOf& row_of) {
    Matrix<double> values(cuts, columns);
    for (std::size_t cut = 0; cut < cuts; ++cut) {
        std::vector<double> row = row_of(cut);
        row.resize(columns, none);
        std::ranges::copy(row, values.row(cut).begin());
    }
    file.write<double>(name, values.values(), {cuts, columns});
}

void write_numbers(OutputFile& file, const std::string& name, std::size_t cuts,
                   const std::function<double(std::size_t cut)>& number) {
    std::vector<double> values;
    for (std::size_t cut = 0; cut < cuts; ++cut) values.push_back(number(cut));
    file.write_vector<double>(name, values);
}

// Of the spectra's cells, NaN where the estimate has none.
std::vector<double> in_cells(const BackgroundEstimate& estimate, std::size_t cells,
                             const std::function<double(std::size_t)>& value) {
    std::vector<double> row(cells, none);
    for (std::size_t i = 0; i < estimate.cells.size(); ++i) row[estimate.cells[i]] = value(i);
    return row;
}

// (n - b) / sqrt(c b) of the cells that were fitted.
double pull(const BackgroundEstimate& estimate, std::size_t i) {
    const double expected = estimate.chosen.fit.expected[i];
    return i == estimate.signal_cell
               ? none
               : (estimate.counts[i] - expected) / std::sqrt(estimate.scale * expected);
}

void write_spectra(OutputFile& file, const MassSpectra& spectra, bool blinded) {
    file.set_attribute("/", "method", method_name(spectra.method));
    file.set_attribute("/", "mass_name", spectra.mass.name);
    file.set_attribute("/", "mass_unit", spectra.mass.unit);
    file.set_attribute("/", "reference_events",
                       static_cast<std::int64_t>(spectra.reference_events));
    file.set_attribute("/", "signal_cell", static_cast<std::int64_t>(spectra.signal_cell));
    write_signal_region(file, spectra.signal_region);
    const std::size_t cuts = spectra.efficiencies.size();
    const std::size_t cells = spectra.cells.size();
    std::vector<double> edges = {spectra.cells.front().low};
    for (const MassCell& cell : spectra.cells) edges.push_back(cell.high);
    file.write_vector<double>("/edges", edges);
    file.write_vector<double>("/background_efficiency", spectra.efficiencies);
    if (!spectra.scale.empty()) file.write_vector<double>("/weight_scale", spectra.scale);
    write_rows(file, "/counts", cuts, cells, [&](std::size_t cut) {
        std::vector<double> row(spectra.counts.row(cut).begin(), spectra.counts.row(cut).end());
        if (blinded && cut > 0) row[spectra.signal_cell] = none;
        return row;
    });
    std::vector<double> bins = {spectra.bins.cells.front().low};
    for (const MassCell& bin : spectra.bins.cells) bins.push_back(bin.high);
    file.write_vector<double>("/signal_region/edges", bins);
    write_rows(file, "/signal_region/counts", cuts, spectra.bins.cells.size(),
               [&](std::size_t cut) {
                   const auto row = spectra.bins.counts.row(cut);
                   return blinded && cut > 0 ? std::vector<double>{}
                                             : std::vector<double>(row.begin(), row.end());
               });
    write_numbers(file, "/reference/expected", cuts,
                  [&](std::size_t cut) { return reference_estimate(spectra, cut).expected; });
    write_numbers(file, "/reference/error", cuts,
                  [&](std::size_t cut) { return reference_estimate(spectra, cut).error; });
}

void write_estimates(OutputFile& file, const MassSpectra& spectra,
                     const BackgroundEstimates& estimates, Estimate kind) {
    const std::string group = concat("/", estimate_name(kind));
    const std::size_t cuts = estimates.size();
    const std::size_t cells = spectra.cells.size();
    const auto rows = [&](const std::string& name, std::size_t columns, const auto& row_of) {
        write_rows(file, concat(group, "/", name), cuts, columns, [&](std::size_t cut) {
            const BackgroundEstimate* one = of_kind(estimates[cut], kind);
            return one != nullptr ? row_of(*one) : std::vector<double>{};
        });
    };
    const auto numbers = [&](const std::string& name, const auto& number) {
        write_numbers(file, concat(group, "/", name), cuts, [&](std::size_t cut) {
            const BackgroundEstimate* one = of_kind(estimates[cut], kind);
            return one != nullptr ? static_cast<double>(number(*one)) : none;
        });
    };
    rows("bins/expected", cells, [&](const BackgroundEstimate& one) {
        return in_cells(one, cells, [&](std::size_t i) { return one.chosen.fit.expected[i]; });
    });
    rows("bins/error", cells, [&](const BackgroundEstimate& one) {
        return in_cells(one, cells, [&](std::size_t i) {
            return std::sqrt(expected_variance(one.chosen.fit, i));
        });
    });
    rows("bins/pull", cells, [&](const BackgroundEstimate& one) {
        return in_cells(one, cells, [&](std::size_t i) { return pull(one, i); });
    });
    rows("parameters", most_terms, [](const BackgroundEstimate& one) {
        std::vector<double> parameters = one.chosen.model.parameters_of(one.chosen.fit);
        parameters.front() += std::log(one.scale);  // of the constant term
        return parameters;
    });
    rows("covariance", most_terms * most_terms, [](const BackgroundEstimate& one) {
        const Matrix<double> covariance = one.chosen.model.parameter_covariance(one.chosen.fit);
        std::vector<double> row(most_terms * most_terms, none);
        for (std::size_t i = 0; i < covariance.rows(); ++i) {
            for (std::size_t j = 0; j < covariance.cols(); ++j)
                row[i * most_terms + j] = covariance(i, j);
        }
        return row;
    });
    numbers("number_of_parameters", [](const auto& one) { return one.chosen.model.parameters(); });
    numbers("expected", [](const auto& one) { return one.expected(); });
    numbers("error", [](const auto& one) { return one.expected_error(); });
    numbers("deviance", [](const auto& one) { return one.deviance; });
    numbers("degrees_of_freedom", [](const auto& one) { return one.degrees_of_freedom; });
    numbers("goodness_p_value", [](const auto& one) { return one.goodness.p_value; });
}

// Windows of the sidebands, of each cut as many as had enough events.
void write_bias(OutputFile& file, const std::vector<HuntedCut>& cuts, Estimate kind) {
    const std::string group = concat("/", estimate_name(kind), "/bias/");
    std::size_t most = 0;
    for (const HuntedCut& cut : cuts) {
        for (const HuntedSignal& signal : cut) most = std::max(most, signal.bias.regions.size());
    }
    const auto of_regions = [&](const std::string& name, double PseudoRegion::*value) {
        write_rows(file, group + name, cuts.size(), most, [&](std::size_t cut) {
            std::vector<double> row;
            const HuntedSignal* one = of_kind(cuts[cut], kind);
            if (one == nullptr) return row;
            for (const PseudoRegion& region : one->bias.regions) row.push_back(region.*value);
            return row;
        });
    };
    const auto numbers = [&](const std::string& name, double EstimateBias::*value) {
        write_numbers(file, group + name, cuts.size(), [&](std::size_t cut) {
            const HuntedSignal* one = of_kind(cuts[cut], kind);
            return one != nullptr ? one->bias.*value : none;
        });
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

void write_found(OutputFile& file, const std::vector<HuntedCut>& cuts, Estimate kind) {
    const std::string group = concat("/", estimate_name(kind));
    const auto numbers = [&](const std::string& name, const auto& number) {
        write_numbers(file, concat(group, "/", name), cuts.size(), [&](std::size_t cut) {
            const HuntedSignal* one = of_kind(cuts[cut], kind);
            return one != nullptr ? static_cast<double>(number(*one)) : none;
        });
    };
    const auto excesses = [&](const std::string& name, double Excess::*value) {
        numbers(name, [value](const HuntedSignal& one) {
            return one.excess ? (*one.excess).*value : none;
        });
    };
    write_rows(file, group + "/limit/expected", cuts.size(), 5, [&](std::size_t cut) {
        const HuntedSignal* one = of_kind(cuts[cut], kind);
        return one != nullptr ? one->limit.expected : std::vector<double>{};
    });
    numbers("spurious", [](const HuntedSignal& one) { return one.spurious; });
    numbers("limit/observed", [](const HuntedSignal& one) { return one.limit.observed; });
    numbers("observed", [](const HuntedSignal& one) {
        return one.excess ? one.background.counts[one.background.signal_cell] : none;
    });
    excesses("signal", &Excess::signal);
    excesses("signal_low", &Excess::signal_low);
    excesses("signal_high", &Excess::signal_high);
    excesses("z", &Excess::z);
    excesses("asymptotic_p_value", &Excess::p_value);
    numbers("p_value", [](const HuntedSignal& one) { return one.p_value(); });
    numbers("p_value_error",
            [](const HuntedSignal& one) { return one.by_toys ? one.by_toys->error : 0; });
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
    const std::string group = concat("/", estimate_name(kind), "/cross_section/");
    const std::size_t cuts = result.cuts.size();
    const auto numbers = [&](const std::string& name, const auto& events) {
        write_numbers(file, group + name, cuts, [&](std::size_t cut) {
            const HuntedSignal* one = of_kind(result.cuts[cut], kind);
            return one != nullptr ? events(*one) / result.exposure.events_per_fb(cut) : none;
        });
    };
    const auto excesses = [&](const std::string& name, double Excess::*value) {
        numbers(name, [value](const HuntedSignal& one) {
            return one.excess ? (*one.excess).*value : none;
        });
    };
    excesses("signal", &Excess::signal);
    excesses("signal_low", &Excess::signal_low);
    excesses("signal_high", &Excess::signal_high);
    numbers("limit/observed", [](const HuntedSignal& one) { return one.limit.observed; });
    write_rows(file, group + "limit/expected", cuts, 5, [&](std::size_t cut) {
        std::vector<double> row;
        const HuntedSignal* one = of_kind(result.cuts[cut], kind);
        if (one == nullptr) return row;
        for (const double events : one->limit.expected)
            row.push_back(events / result.exposure.events_per_fb(cut));
        return row;
    });
}

// Nothing if it was not sought.
void write_bump(OutputFile& file, const std::vector<HuntedCut>& cuts, Estimate kind) {
    const auto bump_of = [&](std::size_t cut) -> std::optional<FoundBump> {
        const HuntedSignal* one = of_kind(cuts[cut], kind);
        return one != nullptr ? one->bump : std::nullopt;
    };
    bool any = false;
    for (std::size_t cut = 0; cut < cuts.size(); ++cut) any = any || bump_of(cut).has_value();
    if (!any) return;
    const std::string group = concat("/", estimate_name(kind), "/bump/");
    const auto numbers = [&](const std::string& name, const auto& number) {
        write_numbers(file, group + name, cuts.size(), [&](std::size_t cut) {
            const std::optional<FoundBump> bump = bump_of(cut);
            return bump ? number(*bump) : none;
        });
    };
    numbers("low", [](const FoundBump& bump) { return bump.low; });
    numbers("high", [](const FoundBump& bump) { return bump.high; });
    numbers("statistic", [](const FoundBump& bump) { return bump.statistic; });
    numbers("p_value", [](const FoundBump& bump) { return bump.p.p_value; });
    numbers("p_value_error", [](const FoundBump& bump) { return bump.p.error; });
    std::size_t most = 0;
    for (std::size_t cut = 0; cut < cuts.size(); ++cut) {
        if (const auto bump = bump_of(cut)) most = std::max(most, bump->cells.size());
    }
    const auto rows = [&](const std::string& name, const auto& row_of) {
        write_rows(file, group + "bins/" + name, cuts.size(), most, [&](std::size_t cut) {
            const std::optional<FoundBump> bump = bump_of(cut);
            return bump ? row_of(*bump) : std::vector<double>{};
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
    const bool blinded = result.blinded();
    file.set_attribute("/", "kind", std::string(hunt_kind));
    file.set_attribute("/", "quoted", estimate_name(result.quoted));
    file.set_attribute("/", "confidence", result.confidence);
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
