#include "lacathode/stats/spectrum_choice.hpp"

#include <algorithm>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/stats/gamma_distribution.hpp"

namespace lacathode {
namespace {

// Of one more parameter that improves the likelihood so much.
double p_value_of(const SpectrumFit& simple, const SpectrumFit& richer) {
    const double ratio = 2 * (richer.log_likelihood - simple.log_likelihood);
    return chi2_survival(std::max(ratio, 0.0), 1);
}

}  // namespace

ChosenSpectrum choose_spectrum(const std::function<SpectrumModel(std::size_t)>& model,
                               std::span<const double> counts, const CellRange& left_out,
                               std::size_t least, std::size_t most, double level) {
    const SpectrumModel::Options options{.left_out = left_out, .signal = {}, .start = {}};
    SpectrumModel first = model(least);
    SpectrumFit fit = first.fit(counts, options);
    ChosenSpectrum chosen{std::move(first), std::move(fit), {}};
    for (std::size_t parameters = least + 1; parameters <= most; ++parameters) {
        if (parameters >= counts.size()) break;
        try {
            SpectrumModel richer = model(parameters);
            SpectrumFit of_richer = richer.fit(counts, options);
            chosen.p_values.push_back(p_value_of(chosen.fit, of_richer));
            if (chosen.p_values.back() >= level) break;
            chosen.model = std::move(richer);
            chosen.fit = std::move(of_richer);
        } catch (const NumericalError&) {
            break;
        }
    }
    return chosen;
}

}  // namespace lacathode
