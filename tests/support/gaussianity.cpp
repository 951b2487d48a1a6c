#include "support/gaussianity.hpp"

#include <cmath>
#include <numbers>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

double normal_cdf(double z) {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

}  // namespace

std::vector<KolmogorovSmirnov> gaussianity(const Matrix<float>& z,
                                           std::span<const std::uint8_t> mapped) {
    expects(mapped.empty() || mapped.size() == z.rows(), "mapped is empty or has one entry a row");
    std::vector<KolmogorovSmirnov> result;
    for (std::size_t col = 0; col < z.cols(); ++col) {
        std::vector<double> probabilities;
        probabilities.reserve(z.rows());
        for (std::size_t row = 0; row < z.rows(); ++row) {
            if (!mapped.empty() && mapped[row] == 0) continue;
            if (std::isnan(z(row, col))) {
                throw InputError(concat("latent coordinate ", col, " is NaN in row ", row,
                                        ", which is marked as mapped"));
            }
            probabilities.push_back(normal_cdf(z(row, col)));
        }
        result.push_back(kolmogorov_smirnov_uniform(std::move(probabilities)));
    }
    return result;
}

}  // namespace lacathode
