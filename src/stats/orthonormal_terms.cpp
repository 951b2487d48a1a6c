#include "stats/orthonormal_terms.hpp"

#include <cmath>
#include <cstddef>
#include <numeric>

namespace lacathode::stats::detail {

Matrix<double> make_orthonormal(Matrix<double>& terms, std::span<const double> weights) {
    const std::size_t count = terms.cols();
    Matrix<double> parts(count, count);
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    const auto product = [&](std::size_t j, std::size_t k) {
        double sum = 0;
        for (std::size_t node = 0; node < terms.rows(); ++node)
            sum += weights[node] * terms(node, j) * terms(node, k);
        return sum / total;
    };
    const auto subtract = [&](std::size_t j, std::size_t k, double factor) {
        for (std::size_t node = 0; node < terms.rows(); ++node)
            terms(node, j) -= factor * terms(node, k);
        for (std::size_t i = 0; i < count; ++i) parts(j, i) -= factor * parts(k, i);
    };
    for (std::size_t j = 0; j < count; ++j) {
        parts(j, j) = 1;
        for (int pass = 0; pass < 2; ++pass) {
            for (std::size_t k = 0; k < j; ++k) subtract(j, k, product(j, k));
        }
        const double scale = 1 / std::sqrt(product(j, j));
        for (std::size_t node = 0; node < terms.rows(); ++node) terms(node, j) *= scale;
        for (double& value : parts.row(j)) value *= scale;
    }
    return parts;
}

}  // namespace lacathode::stats::detail
