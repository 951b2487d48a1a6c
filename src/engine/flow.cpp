// The engine's density estimator.
#include "engine/flow_evaluation.hpp"
#include "engine/flow_statistics.hpp"
#include "engine/flow_training.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/engine/engine.hpp"

namespace lacathode {
namespace {

class EngineFlow final : public DensityEstimator {
  public:
    EngineFlow(const FlowArchitecture& architecture, const AdamOptions& adam, int threads)
        : architecture_(architecture),
          threads_(threads),
          kernels_(detail::engine_kernels()),
          parameters_(architecture),
          training_(parameters_, kernels_, adam, threads) {}

    [[nodiscard]] const FlowArchitecture& architecture() const override { return architecture_; }
    [[nodiscard]] NamedArrays state() const override { return parameters_.state(); }
    void load(const NamedArrays& state) override {
        parameters_.load(state);
        training_.reset_adam();
    }

    double training_step(const FlowData& data, std::span<const std::uint32_t> rows) override {
        check(data.y, data.mass);
        return training_.step(data, rows);
    }
    [[nodiscard]] Gradient training_gradient(const FlowData& data,
                                             std::span<const std::uint32_t> rows) override {
        check(data.y, data.mass);
        return training_.gradient(data, rows);
    }
    void scale_learning_rate(double factor) override { training_.scale_learning_rate(factor); }

    std::size_t set_population_statistics(const FlowData& data) override {
        check(data.y, data.mass);
        return detail::set_population_statistics(parameters_, kernels_, data, threads_);
    }

    [[nodiscard]] FlowForward forward(const Matrix<float>& y,
                                      std::span<const float> mass) const override {
        check(y, mass);
        return detail::FlowEvaluation(parameters_, kernels_).forward(y, mass, threads_);
    }
    [[nodiscard]] FlowInverse inverse(const Matrix<float>& z,
                                      std::span<const float> mass) const override {
        check(z, mass);
        return detail::FlowEvaluation(parameters_, kernels_).inverse(z, mass, threads_);
    }

  private:
    void check(const Matrix<float>& features, std::span<const float> mass) const {
        expects(features.cols() == architecture_.features || mass.empty(),
                "events have the flow's number of features");
        expects(features.rows() == mass.size(), "one mass an event");
    }

    FlowArchitecture architecture_;
    int threads_;
    const detail::EngineKernels& kernels_;
    detail::FlowParameters parameters_;
    detail::FlowTraining training_;
};

}  // namespace

std::unique_ptr<DensityEstimator> make_engine_flow(const FlowArchitecture& architecture,
                                                   const AdamOptions& adam, int threads) {
    const auto [features, hidden, blocks] = architecture;
    if (features < 1 || features > detail::max_features || hidden < 1 || blocks < 1) {
        throw UsageError(
            "a flow of " + std::to_string(features) + " features, " + std::to_string(hidden) +
            " hidden units and " + std::to_string(blocks) + " blocks cannot be built; use 1 to " +
            std::to_string(detail::max_features) + " features and at least one unit and one block");
    }
    return std::make_unique<EngineFlow>(architecture, adam, threads);
}

}  // namespace lacathode
