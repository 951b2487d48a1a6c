// Small symmetric positive definite matrices, lower triangle used.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "lacathode/core/matrix.hpp"

namespace lacathode::stats::detail {

/// Cholesky's L with A = L L^T; no rows if A is not positive definite.
inline Matrix<double> cholesky(const Matrix<double>& a) {
    const std::size_t size = a.rows();
    Matrix<double> l(size, size);
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = a(i, j);
            for (std::size_t k = 0; k < j; ++k) sum -= l(i, k) * l(j, k);
            if (i != j) {
                l(i, j) = sum / l(j, j);
                continue;
            }
            if (!(sum > 0)) return {};
            l(i, i) = std::sqrt(sum);
        }
    }
    return l;
}

/// x of L L^T x = b.
inline std::vector<double> solve(const Matrix<double>& l, std::span<const double> b) {
    const std::size_t size = l.rows();
    std::vector<double> x(b.begin(), b.end());
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t k = 0; k < i; ++k) x[i] -= l(i, k) * x[k];
        x[i] /= l(i, i);
    }
    for (std::size_t i = size; i-- > 0;) {
        for (std::size_t k = i + 1; k < size; ++k) x[i] -= l(k, i) * x[k];
        x[i] /= l(i, i);
    }
    return x;
}

}  // namespace lacathode::stats::detail
