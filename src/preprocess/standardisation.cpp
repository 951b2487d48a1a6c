#include "lacathode/preprocess/standardisation.hpp"

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "preprocess/constants.hpp"

namespace lacathode {

Standardisation::Standardisation(Constants constants) : constants_(std::move(constants)) {
    const std::size_t features = constants_.mean.size();
    preprocess::detail::check_constants(constants_.mean, features, "standardisation mean");
    preprocess::detail::check_constants(constants_.std, features, "standardisation std");
    preprocess::detail::check_positive(constants_.std, "standardisation std");
}

Standardisation Standardisation::fit(const Matrix<float>& x) {
    if (x.rows() < 2) {
        throw InputError(concat("standardisation needs at least 2 events, got ", x.rows()));
    }
    std::vector<preprocess::detail::Moments> moments(x.cols());
    for (std::size_t row = 0; row < x.rows(); ++row) {
        for (std::size_t col = 0; col < x.cols(); ++col) {
            const double value = x(row, col);
            if (!std::isfinite(value)) {
                throw InputError(concat("standardisation: column ", col, " is ", value, " in row ",
                                        row, ": leave such events out"));
            }
            moments[col].add(value);
        }
    }
    for (std::size_t col = 0; col < x.cols(); ++col) {
        if (moments[col].unbiased_std() > 0) continue;
        throw InputError(concat("standardisation: column ", col, " (from 0) is the constant ",
                                moments[col].mean(), ": choose another feature"));
    }
    Constants constants;
    for (const preprocess::detail::Moments& column : moments) {
        constants.mean.push_back(column.mean());
        constants.std.push_back(column.unbiased_std());
    }
    return Standardisation(std::move(constants));
}

Matrix<float> Standardisation::forward(const Matrix<float>& x) const {
    expects(x.cols() == constants_.mean.size(), "x has the fitted number of columns");
    Matrix<float> y(x.rows(), x.cols());
    for (std::size_t row = 0; row < x.rows(); ++row) {
        for (std::size_t col = 0; col < x.cols(); ++col) {
            y(row, col) = static_cast<float>(
                (static_cast<double>(x(row, col)) - constants_.mean[col]) / constants_.std[col]);
        }
    }
    return y;
}

}  // namespace lacathode
