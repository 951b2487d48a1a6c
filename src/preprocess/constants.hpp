// Checks and moments that both transforms share.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lacathode::preprocess::detail {

/// Throws InputError ("WHAT: ...") unless every value of `values` is finite and there are `count`.
void check_constants(const std::vector<double>& values, std::size_t count, const std::string& what);
/// Throws InputError unless every value is also > 0.
void check_positive(const std::vector<double>& values, const std::string& what);

/// Mean and unbiased standard deviation in one pass (Welford).
class Moments {
  public:
    void add(double value) noexcept {
        ++count_;
        const double step = value - mean_;
        mean_ += step / static_cast<double>(count_);
        squares_ += step * (value - mean_);
    }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] double mean() const noexcept { return mean_; }
    /// Needs two values.
    [[nodiscard]] double unbiased_std() const;

  private:
    std::size_t count_ = 0;
    double mean_ = 0;
    double squares_ = 0;
};

}  // namespace lacathode::preprocess::detail
