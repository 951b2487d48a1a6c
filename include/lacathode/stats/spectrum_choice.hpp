// How many parameters a spectrum needs (docs/method.md, section 11).
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "lacathode/stats/spectrum_fit.hpp"

namespace lacathode {

/// A function of as many terms as the counts ask for.
struct ChosenSpectrum {
    SpectrumModel model;
    SpectrumFit fit;
    std::vector<double> p_values;  ///< of each term more, the one that was not taken last
};

/// From `least` parameters on, one more as long as the likelihood ratio to it has p below `level`
/// (chi2 with one degree of freedom), up to `most`. `model` makes the model of so many; `left_out`
/// as of SpectrumModel::Options. More parameters than the counts can tell are not taken. Throws as
/// SpectrumModel::fit does for `least`.
ChosenSpectrum choose_spectrum(const std::function<SpectrumModel(std::size_t)>& model,
                               std::span<const double> counts, const CellRange& left_out,
                               std::size_t least, std::size_t most, double level);

}  // namespace lacathode
