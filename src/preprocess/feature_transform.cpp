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

// logit(u) for min < x < max, without the cancellation in 1 - u.
double logit(double x, double min, double max) {
    return std::log((x - min) / (max - x));
}

// log of the derivative of the logistic function at t.
double log_logistic_slope(double t) {
    const double magnitude = std::abs(t);
    return -magnitude - 2 * std::log1p(std::exp(-magnitude));
}

// The smallest and the largest value of each feature.
FeatureBox fit_range(const Matrix<float>& x) {
    std::vector<double> min(x.cols(), std::numeric_limits<double>::infinity());
    std::vector<double> max(x.cols(), -std::numeric_limits<double>::infinity());
    for (std::size_t row = 0; row < x.rows(); ++row) {
        for (std::size_t col = 0; col < x.cols(); ++col) {
            const double value = x(row, col);
            if (!std::isfinite(value)) {
                throw InputError(concat("preprocessing: feature ", col, " is ", value, " in row ",
                                        row, ": leave such events out"));
            }
            min[col] = std::min(min[col], value);
            max[col] = std::max(max[col], value);
        }
    }
    for (std::size_t col = 0; col < x.cols(); ++col) {
        if (!(min[col] < max[col])) {
            throw InputError(concat("preprocessing: feature ", col, " is the constant ", min[col],
                                    ": choose another feature"));
        }
    }
    return {std::move(min), std::move(max)};
}

FeatureBox widened(const FeatureBox& range, double margin) {
    std::vector<double> low = range.low();
    std::vector<double> high = range.high();
    for (std::size_t i = 0; i < range.features(); ++i) {
        const double width = range.high()[i] - range.low()[i];
        low[i] -= margin * width;
        high[i] += margin * width;
    }
    return {std::move(low), std::move(high)};
}

FeatureTransform::Constants fit_logits(const Matrix<float>& x, const FeatureBox& box) {
    std::vector<preprocess::detail::Moments> moments(x.cols());
    for (std::size_t row = 0; row < x.rows(); ++row) {
        if (!box.contains(x.row(row))) continue;
        for (std::size_t col = 0; col < x.cols(); ++col) {
            moments[col].add(logit(x(row, col), box.low()[col], box.high()[col]));
        }
    }
    if (moments.front().count() < 2) {
        throw InputError(concat("preprocessing: only ", moments.front().count(), " of ", x.rows(),
                                " events lie inside the box of their extremes, at least 2 needed: "
                                "leave features of two values out, or widen the box "
                                "(train_flow.box_margin)"));
    }
    for (std::size_t col = 0; col < x.cols(); ++col) {
        if (moments[col].unbiased_std() > 0) continue;
        throw InputError(concat("preprocessing: feature ", col,
                                " (from 0) has one value only "
                                "between its extremes, at which events are left out: choose "
                                "another feature, or widen the box (train_flow.box_margin)"));
    }
    FeatureTransform::Constants constants{
        .min = box.low(), .max = box.high(), .mean = {}, .std = {}};
    for (const preprocess::detail::Moments& column : moments) {
        constants.mean.push_back(column.mean());
        constants.std.push_back(column.unbiased_std());
    }
    return constants;
}

}  // namespace

FeatureTransform::FeatureTransform(Constants constants)
    : constants_(std::move(constants)), box_(constants_.min, constants_.max) {
    const std::size_t count = box_.features();
    preprocess::detail::check_constants(constants_.mean, count, "preprocessing mean");
    preprocess::detail::check_constants(constants_.std, count, "preprocessing std");
    preprocess::detail::check_positive(constants_.std, "preprocessing std");
}

FeatureTransform FeatureTransform::fit(const Matrix<float>& x, double box_margin) {
    expects(box_margin >= 0, "the box holds the fitted events");
    if (x.rows() == 0 || x.cols() == 0) {
        throw InputError("preprocessing: no events to fit: check the selection of the sideband");
    }
    return FeatureTransform(fit_logits(x, widened(fit_range(x), box_margin)));
}

FeatureTransform::Forward FeatureTransform::forward(const Matrix<float>& x) const {
    expects(x.cols() == features(), "x has one column a feature");
    const auto& [min, max, mean, std] = constants_;
    Forward result{Matrix<float>(x.rows(), x.cols(), std::numeric_limits<float>::quiet_NaN()),
                   std::vector<double>(x.rows(), nan), std::vector<std::uint8_t>(x.rows(), 0)};
    for (std::size_t row = 0; row < x.rows(); ++row) {
        if (!box_.contains(x.row(row))) continue;
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
