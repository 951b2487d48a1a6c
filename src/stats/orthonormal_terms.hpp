// Terms of a function that do not disturb one another in a fit.
#pragma once

#include <span>

#include "lacathode/core/matrix.hpp"

namespace lacathode::stats::detail {

/// Makes the columns of `terms` [Q, K] orthonormal under these weights [Q], normalised to 1, by
/// Gram and Schmidt's method, each term twice, for the digits. Returns what became of the terms:
/// row j has the parts of the former ones in the new j. [K, K]
Matrix<double> make_orthonormal(Matrix<double>& terms, std::span<const double> weights);

}  // namespace lacathode::stats::detail
