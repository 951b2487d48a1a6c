// Probabilities by spectra that are drawn from an expectation.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lacathode/core/random.hpp"

namespace lacathode {

/// A probability estimated by toys: k of n, (k + 1) / (n + 1), and its standard error.
struct ToyProbability {
    std::int64_t above = 0;
    std::int64_t failed = 0;  ///< of those above: there was no telling
    std::int64_t toys = 0;
    double p_value = 1;
    double error = 0;
};

/// Poisson counts of these means. [C]
std::vector<double> drawn_spectrum(std::span<const double> expected, RandomStream& stream);

/// How many of so many spectra [C counts], each of `draw` with a stream of its own, are at least as
/// extreme as the data, which `is_above` tells. Toy i uses stream.at(i): the same for any number of
/// threads. A toy for which `is_above` throws NumericalError counts as above, and as
/// failed.
ToyProbability toy_probability(const std::function<std::vector<double>(RandomStream&)>& draw,
                               std::int64_t toys, const RandomStream& stream, int threads,
                               const std::function<bool(const std::vector<double>&)>& is_above);
/// The same of spectra with Poisson counts of `expected` [C].
ToyProbability toy_probability(std::span<const double> expected, std::int64_t toys,
                               const RandomStream& stream, int threads,
                               const std::function<bool(const std::vector<double>&)>& is_above);

}  // namespace lacathode
