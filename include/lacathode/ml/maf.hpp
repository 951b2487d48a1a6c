// The conditional masked autoregressive flow (docs/method.md, section 3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lacathode/core/matrix.hpp"
#include "lacathode/core/named_arrays.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/ml/adam.hpp"
#include "lacathode/ml/conditional_density.hpp"

namespace lacathode {

inline constexpr std::size_t most_features = 20;  ///< that a flow may have

struct MafArchitecture {
    std::size_t features = 4;  ///< D, 1 to most_features
    std::size_t hidden = 128;  ///< H, units of both hidden layers of a MADE
    std::size_t blocks = 15;   ///< K, [MADE, batch norm, reversal], 1 to 100
    bool operator==(const MafArchitecture&) const = default;
};

/// What is impossible in `architecture`, one sentence each; empty: nothing.
std::vector<std::string> problems(const MafArchitecture& architecture);

/// Standard deviations beyond which -log N(z; 0, 1) exceeds 1000: where the evaluation loss leaves
/// an event out, the statistics of the batch norms do so too.
inline constexpr double far_outlier = 44.7;

/// |log p| from which an event is left out of the evaluation loss (docs/method.md, section 3).
inline constexpr double largest_log_prob = 1000;

/// Sum of w log p(y|m) over the events where log p is finite and below largest_log_prob.
struct LogProbSum {
    double sum = 0;              ///< float64
    double weight = 0;           ///< sum of w over the same events
    std::uint64_t left_out = 0;  ///< events
};

/// Added to every batch norm's variance (docs/method.md (3.7)).
inline constexpr double batch_norm_epsilon = 1e-5;

/// A conditional MAF as its trainer sees it; forward and inverse are in evaluation mode (stored
/// batch-norm statistics).
/// State arrays, K = two-digit block number from 00, exactly as in files (docs/formats.md):
///   block_K/input_weight [H, D], input_bias [H], condition_weight [H, 1], hidden_weight [H, H],
///   hidden_bias [H], output_weight [2D, H] (first D rows mu, last D alpha), output_bias [2D],
///   log_gamma [D], beta [D], running_mean [D], running_var [D] (epsilon inside).
/// Weights that a mask removes never act: backends return the loaded ones or zeros there, and
/// state() after load(state()) is the same bytes.
class MafNetwork : public ConditionalDensity {
  public:
    [[nodiscard]] std::size_t features() const final { return architecture().features; }
    [[nodiscard]] virtual const MafArchitecture& architecture() const = 0;
    [[nodiscard]] virtual NamedArrays state() const = 0;
    /// Replaces the state; throws InputError if an array is missing or has another shape. Resets
    /// Adam.
    virtual void load(const NamedArrays& state) = 0;

    /// One Adam step on the given rows of `data` in training mode (batch statistics,
    /// docs/method.md (3.7)). Returns the batch's loss (3.10) before the step, accumulated in
    /// float64: its mean negative log p(y|m) where events have no weights.
    virtual double training_step(const FlowData& data, std::span<const std::uint32_t> rows) = 0;
    /// Training-mode log p(y|m) [N] of the batch, and the gradient of its loss (arrays named as in
    /// state(), without running_*). Changes nothing. For tests and diagnosis.
    struct Gradient {
        std::vector<float> log_prob;
        NamedArrays gradient;
    };
    [[nodiscard]] virtual Gradient training_gradient(const FlowData& data,
                                                     std::span<const std::uint32_t> rows) = 0;
    /// Adam's memory: with state() all that the next training step depends on.
    [[nodiscard]] virtual AdamMoments adam_moments() const = 0;
    /// After load(); throws InputError as load does.
    virtual void load_adam_moments(const AdamMoments& moments) = 0;
    /// From now on Adam uses `factor` times the learning rate it was made with.
    virtual void scale_learning_rate(double factor) = 0;

    /// Recomputes every batch norm's mean and variance over all of `data`, layer by layer. An event
    /// whose value behind a MADE is not finite, or further than far_outlier standard deviations
    /// from the mean of the others, is left out from that layer on: through the exponentials of the
    /// layers to come a single one would set the statistics of all (docs/decisions/0005). Returns
    /// how many were left out; 0 gives those of docs/method.md (3.7) exactly. Weights do not count.
    virtual std::size_t set_population_statistics(const FlowData& data) = 0;
};

/// Initial weights (docs/method.md, section 3): orthogonal matrices, zero biases, unit batch norm.
NamedArrays initial_maf_state(const MafArchitecture& architecture, RandomStream stream);

}  // namespace lacathode
