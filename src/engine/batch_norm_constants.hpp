// A batch norm as an affine map, from its statistics and parameters.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "engine/kernels/kernels.hpp"
#include "engine/made_layout.hpp"

namespace lacathode::engine {

/// What (7), (8) and (27) of docs/engine.md need of a batch norm.
struct BatchNormConstants {
    std::array<float, max_features> mean;
    std::array<float, max_features> inverse_std;    ///< 1 / sqrt(var)
    std::array<float, max_features> scale;          ///< gamma / sqrt(var)
    std::array<float, max_features> inverse_scale;  ///< sqrt(var) / gamma
    std::array<float, max_features> beta;
    double log_det = 0;  ///< (8)

    /// All [features], at most max_features; `var` with the epsilon inside.
    template <class Statistic>
    void set(std::size_t features, const Statistic* mean_of_u, const Statistic* var,
             const float* log_gamma, const float* beta_of_y) {
        log_det = 0;
        for (std::size_t i = 0; i < features; ++i) {
            const auto variance = static_cast<double>(var[i]);
            const double gamma = std::exp(static_cast<double>(log_gamma[i]));
            mean[i] = static_cast<float>(mean_of_u[i]);
            inverse_std[i] = static_cast<float>(1 / std::sqrt(variance));
            scale[i] = static_cast<float>(gamma / std::sqrt(variance));
            inverse_scale[i] = static_cast<float>(std::sqrt(variance) / gamma);
            beta[i] = beta_of_y[i];
            log_det += static_cast<double>(log_gamma[i]) - 0.5 * std::log(variance);
        }
    }

    /// From u to y.
    [[nodiscard]] Affine forward() const { return {mean.data(), scale.data(), beta.data()}; }
    /// From y to u.
    [[nodiscard]] Affine inverse() const {
        return {beta.data(), inverse_scale.data(), mean.data()};
    }
};

}  // namespace lacathode::engine
