// The transform of features before the flow: min-max, logit, standardisation
// (docs/method.md, section 2).
#pragma once

#include <cstdint>
#include <vector>

#include "lacathode/core/feature_box.hpp"
#include "lacathode/core/matrix.hpp"

namespace lacathode {

/// y = (logit(u) - mean) / std with u = (x - min) / (max - min), one set of constants a feature.
/// An immutable value; all arithmetic in float64.
class FeatureTransform {
  public:
    struct Constants {
        std::vector<double> min, max;  ///< [D] edges of the box, unit of the feature
        std::vector<double> mean,
            std;  ///< [D] of logit(u) over the fitted events inside the box; std unbiased
        bool operator==(const Constants&) const = default;
    };
    struct Forward {
        Matrix<float> y;                   ///< [N, D]; NaN in rows that are not mapped
        std::vector<double> log_jacobian;  ///< [N] log |dy/dx|; NaN in rows that are not mapped
        std::vector<std::uint8_t> mapped;  ///< [N] 1 if every u lies strictly inside (0, 1)
    };
    struct Inverse {
        Matrix<float> x;                   ///< [N, D]
        std::vector<double> log_jacobian;  ///< [N] log |dx/dy|
    };

    /// Throws InputError if the arrays are empty or differ in length, a value is not finite,
    /// max <= min or std <= 0.
    explicit FeatureTransform(Constants constants);
    /// Fits the constants; the box reaches from the smallest to the largest value of each feature,
    /// and `box_margin` (0 or more) times that range further on either side. Throws InputError
    /// (naming the column's index) if fewer than two events lie inside the box, a feature is
    /// constant, or a value is not finite.
    static FeatureTransform fit(const Matrix<float>& x, double box_margin = 0);

    [[nodiscard]] const Constants& constants() const noexcept { return constants_; }
    [[nodiscard]] std::size_t features() const noexcept { return constants_.min.size(); }
    /// Where events are mapped.
    [[nodiscard]] const FeatureBox& box() const noexcept { return box_; }
    /// x [N, D]; a value that is not finite lies outside the box. Throws ContractViolation if D
    /// differs from features().
    [[nodiscard]] Forward forward(const Matrix<float>& x) const;
    /// y [N, D], any finite values; NaN stays NaN. Throws ContractViolation if D differs.
    [[nodiscard]] Inverse inverse(const Matrix<float>& y) const;

  private:
    Constants constants_;
    FeatureBox box_;
};

}  // namespace lacathode
