// The range of each feature that a flow was fitted on.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace lacathode {

/// The open box low_d < x_d < high_d of D features. An event outside it is not mapped
/// (docs/method.md, section 2).
class FeatureBox {
  public:
    /// low, high [D], unit of the feature. Throws InputError, naming the feature's position, if
    /// they are empty, differ in length, are not finite, or low is not below high.
    FeatureBox(std::vector<double> low, std::vector<double> high);

    [[nodiscard]] std::size_t features() const noexcept { return low_.size(); }
    [[nodiscard]] const std::vector<double>& low() const noexcept { return low_; }
    [[nodiscard]] const std::vector<double>& high() const noexcept { return high_; }
    /// x [D] lies inside in every feature; NaN lies outside. Throws ContractViolation if D differs.
    [[nodiscard]] bool contains(std::span<const float> x) const;
    bool operator==(const FeatureBox&) const = default;

  private:
    std::vector<double> low_;
    std::vector<double> high_;
};

}  // namespace lacathode
