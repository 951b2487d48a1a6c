// Smooth functions for a falling mass spectrum, f(m) = exp(sum_k p_k g_k(m)) (docs/method.md
// (11.1)).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lacathode {

enum class SpectrumShape {
    dijet,          ///< g = 1, ln(1 - x), ln x, ln^2 x, ln^3 x with x = m / scale: scale is sqrt(s)
    log_polynomial  ///< g_k = ln^k(m / scale): for any field; the scale changes nothing but p
};

/// 2 of dijet, 1 of log_polynomial.
std::size_t least_spectrum_parameters(SpectrumShape shape);
/// 5 of dijet, 6 of log_polynomial.
std::size_t most_spectrum_parameters(SpectrumShape shape);

class SpectrumFunction {
  public:
    /// `scale` > 0, unit of the mass. Throws UsageError for an impossible number of parameters.
    SpectrumFunction(SpectrumShape shape, std::size_t parameters, double scale);

    [[nodiscard]] std::size_t parameters() const noexcept { return parameters_; }
    /// [parameters] g_k(m). Throws InputError for m <= 0, and m >= scale of dijet.
    [[nodiscard]] std::vector<double> terms(double m) const;

  private:
    SpectrumShape shape_;
    std::size_t parameters_;
    double scale_;
};

}  // namespace lacathode
