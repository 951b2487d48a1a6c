// The engine's MLP.
#include <algorithm>

#include "engine/gather.hpp"
#include "engine/mlp_step.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/engine/engine.hpp"

namespace lacathode {
namespace {

/// Events that one thread takes at a time, a panel after the other.
constexpr std::size_t events_per_block = 2048;

class EngineMlp final : public MlpNetwork {
  public:
    EngineMlp(const MlpArchitecture& architecture, const AdamOptions& adam, int threads,
              const std::string& instruction_set)
        : architecture_(architecture),
          threads_(threads),
          kernels_(engine::kernels_for(instruction_set)),
          parameters_(architecture),
          step_(parameters_, kernels_, adam, threads) {}

    [[nodiscard]] const MlpArchitecture& architecture() const override { return architecture_; }
    [[nodiscard]] NamedArrays state() const override { return parameters_.state(); }
    void load(const NamedArrays& state) override {
        parameters_.load(state);
        step_.adam().reset();
    }

    double training_step(const ClassifierData& data, std::span<const std::uint32_t> rows) override {
        check(data);
        return step_.step(data, rows);
    }
    [[nodiscard]] NamedArrays training_gradient(const ClassifierData& data,
                                                std::span<const std::uint32_t> rows) override {
        check(data);
        return step_.gradient(data, rows);
    }
    [[nodiscard]] AdamMoments adam_moments() const override {
        const engine::AdamState& adam = step_.adam();
        return {.steps = adam.steps(),
                .first = parameters_.named(adam.first()),
                .second = parameters_.named(adam.second())};
    }
    void load_adam_moments(const AdamMoments& moments) override {
        engine::AdamState& adam = step_.adam();
        parameters_.place(moments.first, adam.first());
        parameters_.place(moments.second, adam.second());
        adam.set_steps(moments.steps);
    }
    void scale_learning_rate(double factor) override { step_.adam().scale_learning_rate(factor); }

    [[nodiscard]] std::vector<float> logits(const Matrix<float>& x) const override {
        expects(x.rows() == 0 || x.cols() == architecture_.inputs,
                "events have the network's number of inputs");
        std::vector<float> result(x.rows());
        parallel_blocks(
            x.rows(), events_per_block, threads_,
            [&](std::size_t begin, std::size_t end) { logits_of_block(x, begin, end, result); });
        return result;
    }

  private:
    void check(const ClassifierData& data) const {
        expects(data.x.cols() == architecture_.inputs, "events have the network's inputs");
        expects(data.x.rows() == data.size() && data.weight.size() == data.size(),
                "one target and one weight an event");
    }

    void logits_of_block(const Matrix<float>& x, std::size_t begin, std::size_t end,
                         std::vector<float>& result) const {
        engine::MlpActivations activations(parameters_.layers(), kernels_.panel, 1);
        for (std::size_t first = begin; first < end; first += kernels_.panel) {
            const auto row_of = [&](std::size_t e) { return std::min(first + e, end - 1); };
            engine::gather(x, kernels_.panel, row_of, activations.units(0, 0));
            engine::mlp_forward(parameters_, kernels_, activations, 0);
            std::copy_n(activations.logits(0), std::min(kernels_.panel, end - first),
                        result.data() + first);
        }
    }

    MlpArchitecture architecture_;
    int threads_;
    const engine::EngineKernels& kernels_;
    engine::MlpParameters parameters_;
    engine::MlpStep step_;
};

}  // namespace

std::unique_ptr<MlpNetwork> make_engine_mlp(const MlpArchitecture& architecture,
                                            const AdamOptions& adam, int threads,
                                            const std::string& instruction_set) {
    const std::vector<std::size_t>& hidden = architecture.hidden;
    if (architecture.inputs < 1 || hidden.empty() || std::ranges::count(hidden, 0U) > 0) {
        throw UsageError(
            "a classifier needs at least one input and one hidden layer, and no layer without "
            "units; give the units of each hidden layer, for example 64, 64, 64");
    }
    return std::make_unique<EngineMlp>(architecture, adam, threads, instruction_set);
}

}  // namespace lacathode
