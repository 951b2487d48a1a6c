#include "lacathode/stages/search/inclusive_spectrum.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stats/gamma_distribution.hpp"
#include "lacathode/stats/spectrum_choice.hpp"

namespace lacathode {
namespace {

constexpr std::size_t steps_of_cell = 64;  // a bin's function is straight over one to 1e-5

double value_at(const SpectrumFunction& function, const std::vector<double>& parameters, double m) {
    const std::vector<double> terms = function.terms(m);
    double exponent = 0;
    for (std::size_t k = 0; k < terms.size(); ++k) exponent += parameters[k] * terms[k];
    return std::exp(exponent);
}

// The cells of the function, and what lies in them.
struct SplitSpectrum {
    std::vector<MassCell> cells;
    std::vector<double> counts;        // effective ones, of events with weights
    std::vector<double> outside;       // masses
    std::vector<double> outside_sums;  // of their weights up to each
    double events = 0;                 // sum of weights
};

void require_not_negative(double weight, const char* where, const std::string& source) {
    if (weight >= 0) return;
    throw InputError(
        concat(source, ": pseudo-data cannot be drawn, as events of negative weights ", where));
}

SplitSpectrum split_spectrum(const SpectrumSettings& settings, const MassWindow& signal_region,
                             std::span<const double> masses, std::span<const float> weights,
                             const std::string& source) {
    SplitSpectrum found{.cells = mass_cells(settings, signal_region),
                        .counts = {},
                        .outside = {},
                        .outside_sums = {}};
    std::erase_if(found.cells, [&](const MassCell& cell) { return cell.low < settings.low; });
    found.counts.assign(found.cells.size(), 0.0);
    double squares = 0;
    double outside = 0;
    for (std::size_t i = 0; i < masses.size(); ++i) {
        const double mass = masses[i];
        const double weight = weights.empty() ? 1.0 : double{weights[i]};
        found.events += weight;
        if (mass < settings.low || mass >= settings.high) {
            require_not_negative(weight, "lie beyond the range of the fit", source);
            found.outside.push_back(mass);
            found.outside_sums.push_back(outside += weight);
            continue;
        }
        found.counts[cell_of(mass, found.cells)] += weight;
        squares += weight * weight;
    }
    for (const double count : found.counts)
        require_not_negative(count, "outweigh the others in a bin: use wider ones", source);
    // (11.13): the fit is one of Poisson counts.
    const double inside = found.events - outside;
    if (inside > 0) {
        for (double& count : found.counts) count /= squares / inside;
    }
    return found;
}

// A deviance has the distribution of chi2 where some five events are expected in each cell:
// neighbours are merged until there are.
struct Merged {
    std::vector<double> counts;
    SpectrumFit fit;
};

Merged merged(const std::vector<double>& counts, const std::vector<double>& expected) {
    constexpr double enough = 5;
    Merged cells;
    std::vector<double>& sums = cells.fit.expected;
    for (std::size_t cell = 0; cell < counts.size(); ++cell) {
        const bool last_is_full = sums.empty() || sums.back() >= enough;
        if (last_is_full) {
            sums.push_back(0);
            cells.counts.push_back(0);
        }
        sums.back() += expected[cell];
        cells.counts.back() += counts[cell];
    }
    if (sums.size() > 1 && sums.back() < enough) {
        const double rest = sums.back();
        const double count = cells.counts.back();
        sums.pop_back();
        cells.counts.pop_back();
        sums.back() += rest;
        cells.counts.back() += count;
    }
    return cells;
}

}  // namespace

InclusiveSpectrum::InclusiveSpectrum(const SpectrumSettings& settings,
                                     const MassWindow& signal_region,
                                     std::span<const double> masses, const std::string& source,
                                     std::span<const float> weights) {
    SplitSpectrum all = split_spectrum(settings, signal_region, masses, weights, source);
    const auto function = [&](std::size_t parameters) {
        return SpectrumFunction(settings.shape, parameters, settings.scale);
    };
    try {
        const ChosenSpectrum chosen = choose_spectrum(
            [&](std::size_t parameters) {
                return SpectrumModel(function(parameters), all.cells, all.counts);
            },
            all.counts, {}, settings.least_parameters, settings.most_parameters, settings.level);
        parameters_ = chosen.model.parameters();
        const Merged cells = merged(all.counts, chosen.fit.expected);
        deviance_ = saturated_deviance(cells.counts, cells.fit);
        degrees_of_freedom_ = cells.counts.size() - std::min(parameters_, cells.counts.size());
        const std::vector<double> values = chosen.model.parameters_of(chosen.fit);
        for (const MassCell& cell : all.cells) {
            for (std::size_t i = edges_.empty() ? 0 : 1; i <= steps_of_cell; ++i) {
                const double share = static_cast<double>(i) / steps_of_cell;
                edges_.push_back(cell.low + share * (cell.high - cell.low));
                density_.push_back(value_at(function(parameters_), values, edges_.back()));
            }
        }
    } catch (const NumericalError& error) {
        throw NumericalError(concat(source, ": ", error.what()));
    }
    cumulative_ = {0};
    for (std::size_t i = 1; i < edges_.size(); ++i) {
        cumulative_.push_back(cumulative_.back() +
                              0.5 * (density_[i - 1] + density_[i]) * (edges_[i] - edges_[i - 1]));
    }
    for (double& value : cumulative_) value /= cumulative_.back();
    const double outside = all.outside_sums.empty() ? 0 : all.outside_sums.back();
    fraction_within_ = all.events > 0 ? 1 - outside / all.events : 1;
    outside_ = std::move(all.outside);
    if (!weights.empty()) outside_sums_ = std::move(all.outside_sums);
}

double InclusiveSpectrum::goodness() const {
    if (degrees_of_freedom_ == 0) return 1;
    return chi2_survival(deviance_, static_cast<double>(degrees_of_freedom_));
}

// The density is straight between two edges; its integral is inverted exactly.
double InclusiveSpectrum::within(RandomStream& stream) const {
    const double u = stream.uniform();
    const auto above = std::ranges::upper_bound(cumulative_, u);
    const auto i = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(
        std::distance(cumulative_.begin(), above) - 1, 0, std::ssize(edges_) - 2));
    const double share = (u - cumulative_[i]) / (cumulative_[i + 1] - cumulative_[i]);
    const double a = density_[i];
    const double b = density_[i + 1];
    // Of t in (0, 1) the fraction (a t + (b - a) t^2 / 2) / ((a + b) / 2) lies below.
    const double root = std::sqrt(a * a + share * (b * b - a * a));
    const double t = share * (a + b) / (a + root);
    return edges_[i] + t * (edges_[i + 1] - edges_[i]);
}

double InclusiveSpectrum::beyond(RandomStream& stream) const {
    if (outside_sums_.empty()) return outside_[stream.below(outside_.size())];
    const auto found =
        std::ranges::upper_bound(outside_sums_, stream.uniform() * outside_sums_.back());
    return outside_[std::min(static_cast<std::size_t>(found - outside_sums_.begin()),
                             outside_.size() - 1)];
}

std::vector<double> InclusiveSpectrum::draw(std::size_t count, RandomStream stream) const {
    std::vector<double> masses(count);
    for (double& mass : masses) {
        const bool inside = outside_.empty() || stream.uniform() < fraction_within_;
        mass = inside ? within(stream) : beyond(stream);
    }
    return masses;
}

}  // namespace lacathode
