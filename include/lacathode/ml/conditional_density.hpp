// What a stage knows of a background density: events given their resonant mass, and a latent space.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lacathode/core/matrix.hpp"

namespace lacathode {

/// Events as a conditional density sees them: preprocessed features and the raw mass.
struct FlowData {
    Matrix<float> y;          ///< [N, D] standardised logit features
    std::vector<float> mass;  ///< [N] in the unit of the mass column
    /// [N] of the loss (docs/method.md (3.10)), any sign; empty: one each
    std::vector<float> weight = {};
    [[nodiscard]] std::size_t size() const noexcept { return mass.size(); }
    [[nodiscard]] double weight_of(std::size_t row) const noexcept {
        return weight.empty() ? 1.0 : double{weight[row]};
    }
};

struct FlowForward {
    Matrix<float> z;             ///< [N, D]
    std::vector<float> log_det;  ///< [N] log |dz/dy|
};
struct FlowInverse {
    Matrix<float> y;             ///< [N, D]
    std::vector<float> log_det;  ///< [N] log |dy/dz| = minus the forward's
};

/// log p(y|m) = sum_d log N(z_d; 0, 1) + log_det, float64 sum. [N]
std::vector<double> log_prob(const FlowForward& forward);

/// p(y|m) with a map z = f(y; m) to a latent space where the density is N(0, 1)^D. Rows are
/// independent, and results do not depend on the number of threads. One object is used by one
/// thread at a time.
class ConditionalDensity {
  public:
    virtual ~ConditionalDensity() = default;

    /// D
    [[nodiscard]] virtual std::size_t features() const = 0;
    /// z = f(y; m) of each row; y [N, D], mass [N].
    [[nodiscard]] virtual FlowForward forward(const Matrix<float>& y,
                                              std::span<const float> mass) const = 0;
    /// y = f^-1(z; m) of each row; z [N, D], mass [N].
    [[nodiscard]] virtual FlowInverse inverse(const Matrix<float>& z,
                                              std::span<const float> mass) const = 0;
    /// log p(y|m) of each row. [N]
    [[nodiscard]] std::vector<double> log_prob(const Matrix<float>& y,
                                               std::span<const float> mass) const {
        return lacathode::log_prob(forward(y, mass));
    }
};

}  // namespace lacathode
