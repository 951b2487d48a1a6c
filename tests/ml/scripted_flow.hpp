// A density estimator that learns nothing: it plays back losses and takes note of every call.
#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "lacathode/ml/maf_training.hpp"

namespace lacathode::test {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Evaluation of epoch e on any data: mean negative log p = script[e]. The state is the number of
/// training epochs seen, counted by the calls of set_population_statistics.
class ScriptedFlow final : public MafNetwork {
  public:
    explicit ScriptedFlow(std::vector<double> script) : script_(std::move(script)) {}

    const MafArchitecture& architecture() const override { return architecture_; }
    NamedArrays state() const override {
        ++states_copied;
        return {{"epoch", {1}, {static_cast<float>(epoch_)}}};
    }
    void load(const NamedArrays& state) override {
        calls += "load ";
        loaded = state;
    }
    double training_step(const FlowData&, std::span<const std::uint32_t> rows) override {
        batches.emplace_back(rows.begin(), rows.end());
        if (calls.size() < 2 || calls.substr(calls.size() - 5) != "step ") calls += "step ";
        return on_step ? on_step(batches.size()) : 1.0;
    }
    std::size_t statistics_left_out = 0;
    Gradient training_gradient(const FlowData&, std::span<const std::uint32_t>) override {
        return {};
    }
    AdamMoments adam_moments() const override { return {}; }
    void load_adam_moments(const AdamMoments&) override {}
    void scale_learning_rate(double) override {}
    std::size_t set_population_statistics(const FlowData&) override {
        calls += "statistics ";
        ++epoch_;
        if (on_statistics) on_statistics(epoch_index());
        return statistics_left_out;
    }
    FlowForward forward(const Matrix<float>& y, std::span<const float>) const override {
        calls += "forward ";
        const double half_log_two_pi = 0.5 * std::log(2 * std::numbers::pi);
        FlowForward result{
            Matrix<float>(y.rows(), 1),
            std::vector<float>(y.rows(),
                               static_cast<float>(half_log_two_pi - script_.at(epoch_index())))};
        for (std::size_t row = 0; row < bad_rows.size(); ++row) result.log_det[row] = bad_rows[row];
        return result;
    }
    FlowInverse inverse(const Matrix<float>&, std::span<const float>) const override { return {}; }

    std::function<double(std::size_t batch)> on_step;      ///< batch from 1; gives the loss
    std::function<void(std::size_t epoch)> on_statistics;  ///< epoch from 0, the untrained flow's
    std::vector<float> bad_rows;                           ///< log_det of the first rows
    std::vector<std::vector<std::uint32_t>> batches;
    NamedArrays loaded;
    mutable std::string calls;
    mutable int states_copied = 0;

  private:
    [[nodiscard]] std::size_t epoch_index() const { return static_cast<std::size_t>(epoch_); }

    MafArchitecture architecture_{.features = 1, .hidden = 2, .blocks = 1};
    std::vector<double> script_;
    int epoch_ = -1;  // the first statistics are the untrained flow's
};

inline FlowData events(std::size_t count) {
    return {Matrix<float>(count, 1, 0.5F), std::vector<float>(count, 1.0F)};
}

}  // namespace lacathode::test
