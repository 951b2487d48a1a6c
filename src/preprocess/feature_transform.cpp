#include "lacathode/preprocess/feature_transform.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "preprocess/constants.hpp"

namespace lacathode {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

bool inside(std::span<const float> row, const FeatureTransform::Constants& constants) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        const double x = row[i];
        if (!(constants.min[i] < x && x < constants.max[i])) return false;
    }
    return true;
}

// logit(u) for min < x < max, without the cancellation in 1 - u.
double logit(double x, double min, double max) {
    return std::log((x - min) / (max - x));
}

// log of the derivative of the logistic function at t.
double log_logistic_slope(double t) {
    const double magnitude = std::abs(t);
    return -magnitude - 2 * std::log1p(std::exp(-magnitude));
}

void fit_box(const Matrix<float>& x, FeatureTransform::Constants& constants) {
    constants.min.assign(x.cols(), std::numeric_limits<double>::infinity());
    constants.max.assign(x.cols(), -std::numeric_limits<double>::infinity());
    for (std::size_t row = 0; row < x.rows(); ++row) {
        for (std::size_t col = 0; col < x.cols(); ++col) {
            const double value = x(row, col);
            if (!std::isfinite(value)) {
                throw InputError(concat("preprocessing: feature ", col, " is ", value, " in row ",
                                        row, ": leave such events out"));
            }
            constants.min[col] = std::min(constants.min[col], value);
            constants.max[col] = std::max(constants.max[col], value);
        }
    }
    for (std::size_t col = 0; col < x.cols(); ++col) {
        if (!(constants.min[col] < constants.max[col])) {
            throw InputError(concat("preprocessing: feature ", col, " is the constant ",
                                    constants.min[col], ": choose another feature"));
        }
    }
}

void fit_logits(const Matrix<float>& x, FeatureTransform::Constants& constants) {
    std::vector<preprocess::detail::Moments> moments(x.cols());
    for (std::size_t row = 0; row < x.rows(); ++row) {
        if (!inside(x.row(row), constants)) continue;
        for (std::size_t col = 0; col < x.cols(); ++col) {
            moments[col].add(logit(x(row, col), constants.min[col], constants.max[col]));
        }
    }
    if (moments.front().count() < 2) {
        throw InputError(concat("preprocessing: only ", moments.front().count(), " of ", x.rows(),
                                " events lie inside the box of their extremes, at least 2 needed"));
    }
    for (const preprocess::detail::Moments& column : moments) {
        constants.mean.push_back(column.mean());
        constants.std.push_back(column.unbiased_std());
    }
}

}  // namespace

FeatureTransform::FeatureTransform(Constants constants) : constants_(std::move(constants)) {
    const std::size_t count = constants_.min.size();
    preprocess::detail::check_constants(constants_.min, count, "preprocessing min");
    preprocess::detail::check_constants(constants_.max, count, "preprocessing max");
    preprocess::detail::check_constants(constants_.mean, count, "preprocessing mean");
    preprocess::detail::check_constants(constants_.std, count, "preprocessing std");
    preprocess::detail::check_positive(constants_.std, "preprocessing std");
    for (std::size_t i = 0; i < count; ++i) {
        if (!(constants_.min[i] < constants_.max[i])) {
            throw InputError(concat("preprocessing of feature ", i, ": min ", constants_.min[i],
                                    " is not below max ", constants_.max[i]));
        }
    }
}

FeatureTransform FeatureTransform::fit(const Matrix<float>& x) {
    if (x.rows() == 0 || x.cols() == 0) {
        throw InputError("preprocessing: no events to fit: check the selection of the sideband");
    }
    Constants constants;
    fit_box(x, constants);
    fit_logits(x, constants);
    return FeatureTransform(std::move(constants));
}

FeatureTransform::Forward FeatureTransform::forward(const Matrix<float>& x) const {
    expects(x.cols() == features(), "x has one column a feature");
    const auto& [min, max, mean, std] = constants_;
    Forward result{Matrix<float>(x.rows(), x.cols(), std::numeric_limits<float>::quiet_NaN()),
                   std::vector<double>(x.rows(), nan), std::vector<std::uint8_t>(x.rows(), 0)};
    for (std::size_t row = 0; row < x.rows(); ++row) {
        if (!inside(x.row(row), constants_)) continue;
        double log_jacobian = 0;
        for (std::size_t col = 0; col < x.cols(); ++col) {
            const double value = x(row, col);
            const double above = value - min[col];
            const double below = max[col] - value;
            result.y(row, col) =
                static_cast<float>((logit(value, min[col], max[col]) - mean[col]) / std[col]);
            log_jacobian += std::log((max[col] - min[col]) / (above * below * std[col]));
        }
        result.log_jacobian[row] = log_jacobian;
        result.mapped[row] = 1;
    }
    return result;
}

FeatureTransform::Inverse FeatureTransform::inverse(const Matrix<float>& y) const {
    expects(y.cols() == features(), "y has one column a feature");
    const auto& [min, max, mean, std] = constants_;
    Inverse result{Matrix<float>(y.rows(), y.cols()), std::vector<double>(y.rows(), 0)};
    for (std::size_t row = 0; row < y.rows(); ++row) {
        for (std::size_t col = 0; col < y.cols(); ++col) {
            const double t = static_cast<double>(y(row, col)) * std[col] + mean[col];
            const double range = max[col] - min[col];
            result.x(row, col) = static_cast<float>(min[col] + range / (1 + std::exp(-t)));
            result.log_jacobian[row] += std::log(range * std[col]) + log_logistic_slope(t);
        }
    }
    return result;
}

}  // namespace lacathode
