// The one definition of signal region and sideband.
#pragma once

#include <numeric>
#include <string>

namespace lacathode {

/// Inside or outside of the signal region.
enum class Region { signal_region, sideband };

/// The signal region low < m < high (both edges excluded, docs/method.md (1.6)); every
/// other mass is sideband. Unit: that of the mass column.
class MassWindow {
  public:
    /// Throws UsageError unless low and high are finite and low < high.
    MassWindow(double low, double high);

    [[nodiscard]] double low() const noexcept { return low_; }
    [[nodiscard]] double high() const noexcept { return high_; }
    [[nodiscard]] double middle() const noexcept { return std::midpoint(low_, high_); }
    [[nodiscard]] bool contains(double mass) const noexcept { return low_ < mass && mass < high_; }
    [[nodiscard]] bool is_sideband(double mass) const noexcept { return !contains(mass); }
    /// "3.3 < m < 3.7", for messages.
    [[nodiscard]] std::string text() const;
    bool operator==(const MassWindow&) const = default;

  private:
    double low_;
    double high_;
};

}  // namespace lacathode
