// Standardisation of classifier inputs (docs/method.md, section 4).
#pragma once

#include <vector>

#include "lacathode/core/matrix.hpp"

namespace lacathode {

/// y = (x - mean) / std per column; std is unbiased. An immutable value; arithmetic in float64.
class Standardisation {
  public:
    struct Constants {
        std::vector<double> mean, std;  ///< [D], unit of the column
        bool operator==(const Constants&) const = default;
    };
    /// Throws InputError if the arrays are empty or differ in length, a value is not finite, or
    /// std <= 0.
    explicit Standardisation(Constants constants);
    /// Fits the constants to x [N, D]. Throws InputError (naming the column's index) if N < 2, a
    /// value is not finite or a column is constant.
    static Standardisation fit(const Matrix<float>& x);

    [[nodiscard]] const Constants& constants() const noexcept { return constants_; }
    /// [N, D] -> [N, D]; throws ContractViolation if D differs from the fitted one.
    [[nodiscard]] Matrix<float> forward(const Matrix<float>& x) const;

  private:
    Constants constants_;
};

}  // namespace lacathode
