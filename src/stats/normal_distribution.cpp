#include "lacathode/stats/normal_distribution.hpp"

#include <cmath>
#include <numbers>

#include "lacathode/core/errors.hpp"

namespace lacathode {

double normal_survival(double z) {
    return 0.5 * std::erfc(z / std::numbers::sqrt2);
}

// Far out the asymptotic series: its first term left out is 945 / z^10.
double mills_ratio(double z) {
    expects(z >= 0, "a z on the upper side");
    constexpr double far = 25;
    if (z < far)
        return normal_survival(z) * std::exp(0.5 * z * z) * std::sqrt(2 * std::numbers::pi);
    const double u = 1 / (z * z);
    return (1 - u * (1 - 3 * u * (1 - 5 * u * (1 - 7 * u)))) / z;
}

// Newton's method on log P(Z >= z), which is concave and falls: from above it comes down to the
// root. P(Z >= z) <= exp(-z^2 / 2) / 2 gives a start above.
double significance_of(double p) {
    expects(p > 0 && p < 1, "a p-value between 0 and 1");
    if (p > 0.5) return -significance_of(1 - p);
    double z = std::sqrt(-2 * std::log(2 * p));
    constexpr int most = 100;
    for (int i = 0; i < most; ++i) {
        const double survival = normal_survival(z);
        const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
        const double step = survival * std::log(survival / p) / density;
        z += step;
        if (std::abs(step) < 1e-14 * (1 + z)) break;
    }
    return z;
}

}  // namespace lacathode
