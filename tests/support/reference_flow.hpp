// A conditional flow in float64 that is slow and obviously right: dense loops over masked weights,
// straight from docs/method.md, section 3. Its loss serves finite differences.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/core/named_arrays.hpp"
#include "lacathode/ml/maf.hpp"

namespace lacathode::test {

/// Parameters of one block, float64, row-major as in the state.
struct ReferenceBlock {
    std::vector<double> input_weight, input_bias, condition_weight, hidden_weight, hidden_bias,
        output_weight, output_bias, log_gamma, beta, running_mean, running_var;
};

enum class BatchNormMode { evaluation, training };

struct ReferenceResult {
    Matrix<double> z;             ///< [N, D]
    std::vector<double> log_det;  ///< [N]
};

class ReferenceFlow {
  public:
    ReferenceFlow(const MafArchitecture& architecture, const NamedArrays& state);

    [[nodiscard]] ReferenceResult forward(const Matrix<double>& y, const std::vector<double>& mass,
                                          BatchNormMode mode) const;
    /// Mean of -w log p in training mode; `weight` [N].
    [[nodiscard]] double loss(const Matrix<double>& y, const std::vector<double>& mass,
                              const std::vector<double>& weight) const;
    /// Mean and biased variance + 1e-5 of the inputs of every batch norm over all events, layer by
    /// layer; entry k: D means, then D variances.
    [[nodiscard]] std::vector<std::vector<double>> population_statistics(
        const Matrix<double>& y, const std::vector<double>& mass) const;

    /// The parameter with that name and index, for finite differences. 0 where a mask is 0.
    [[nodiscard]] double& parameter(const std::string& name, std::size_t index);
    /// Whether the weight acts.
    [[nodiscard]] bool acts(const std::string& name, std::size_t index) const;

  private:
    struct Made {
        std::vector<double> u;  ///< [D]
        double log_det;
    };
    [[nodiscard]] Made made(const ReferenceBlock& block, const std::vector<double>& x,
                            double mass) const;

    MafArchitecture architecture_;
    std::vector<ReferenceBlock> blocks_;
};

/// log p from a result, [N].
std::vector<double> reference_log_prob(const ReferenceResult& result);

}  // namespace lacathode::test
