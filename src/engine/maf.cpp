// The engine's MAF.
#include "engine/maf_evaluation.hpp"
#include "engine/maf_step.hpp"
#include "engine/population_statistics.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/engine/engine.hpp"

namespace lacathode {
namespace {

class EngineMaf final : public MafNetwork {
  public:
    EngineMaf(const MafArchitecture& architecture, const AdamOptions& adam, int threads,
              const std::string& instruction_set)
        : architecture_(architecture),
          threads_(threads),
          kernels_(engine::kernels_for(instruction_set)),
          parameters_(architecture),
          step_(parameters_, kernels_, adam, threads) {}

    [[nodiscard]] const MafArchitecture& architecture() const override { return architecture_; }
    [[nodiscard]] NamedArrays state() const override { return parameters_.state(); }
    void load(const NamedArrays& state) override {
        parameters_.load(state);
        step_.adam().reset();
    }

    double training_step(const FlowData& data, std::span<const std::uint32_t> rows) override {
        check(data);
        return step_.step(data, rows);
    }
    [[nodiscard]] Gradient training_gradient(const FlowData& data,
                                             std::span<const std::uint32_t> rows) override {
        check(data);
        return step_.gradient(data, rows);
    }
    [[nodiscard]] AdamMoments adam_moments() const override {
        const engine::AdamState& adam = step_.adam();
        return {
            .steps = adam.steps(),
            .first = parameters_.named(adam.first(), engine::MafParameters::Content::parameters),
            .second = parameters_.named(adam.second(), engine::MafParameters::Content::parameters)};
    }
    void load_adam_moments(const AdamMoments& moments) override {
        engine::AdamState& adam = step_.adam();
        parameters_.place(moments.first, adam.first());
        parameters_.place(moments.second, adam.second());
        adam.set_steps(moments.steps);
    }
    void scale_learning_rate(double factor) override { step_.adam().scale_learning_rate(factor); }

    std::size_t set_population_statistics(const FlowData& data) override {
        check(data.y, data.mass);
        return engine::set_population_statistics(parameters_, kernels_, data, threads_);
    }

    [[nodiscard]] FlowForward forward(const Matrix<float>& y,
                                      std::span<const float> mass) const override {
        check(y, mass);
        return engine::MafEvaluation(parameters_, kernels_).forward(y, mass, threads_);
    }
    [[nodiscard]] FlowInverse inverse(const Matrix<float>& z,
                                      std::span<const float> mass) const override {
        check(z, mass);
        return engine::MafEvaluation(parameters_, kernels_).inverse(z, mass, threads_);
    }

  private:
    void check(const FlowData& data) const {
        check(data.y, data.mass);
        expects(data.weight.empty() || data.weight.size() == data.size(),
                "a weight an event, or none");
    }
    void check(const Matrix<float>& features, std::span<const float> mass) const {
        expects(features.cols() == architecture_.features || mass.empty(),
                "events have the flow's number of features");
        expects(features.rows() == mass.size(), "one mass an event");
    }

    MafArchitecture architecture_;
    int threads_;
    const engine::EngineKernels& kernels_;
    engine::MafParameters parameters_;
    engine::MafStep step_;
};

}  // namespace

std::unique_ptr<MafNetwork> make_engine_maf(const MafArchitecture& architecture,
                                            const AdamOptions& adam, int threads,
                                            const std::string& instruction_set) {
    const auto [features, hidden, blocks] = architecture;
    if (features < 1 || features > engine::max_features || hidden < 1 || blocks < 1) {
        throw UsageError(
            "a flow of " + std::to_string(features) + " features, " + std::to_string(hidden) +
            " hidden units and " + std::to_string(blocks) + " blocks cannot be built; use 1 to " +
            std::to_string(engine::max_features) + " features and at least one unit and one block");
    }
    return std::make_unique<EngineMaf>(architecture, adam, threads, instruction_set);
}

}  // namespace lacathode
