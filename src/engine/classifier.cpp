// The engine's classifier.
#include <algorithm>

#include "engine/classifier_training.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/engine/engine.hpp"

namespace lacathode {
namespace {

/// Events that one thread takes at a time, a panel after the other.
constexpr std::size_t events_per_block = 2048;

class EngineClassifier final : public Classifier {
  public:
    EngineClassifier(const ClassifierArchitecture& architecture, const AdamOptions& adam,
                     int threads)
        : architecture_(architecture),
          threads_(threads),
          kernels_(detail::engine_kernels()),
          parameters_(architecture),
          training_(parameters_, kernels_, adam, threads) {}

    [[nodiscard]] const ClassifierArchitecture& architecture() const override {
        return architecture_;
    }
    [[nodiscard]] NamedArrays state() const override { return parameters_.state(); }
    void load(const NamedArrays& state) override {
        parameters_.load(state);
        training_.reset_adam();
    }

    double training_step(const ClassifierData& data, std::span<const std::uint32_t> rows) override {
        check(data);
        return training_.step(data, rows);
    }
    [[nodiscard]] NamedArrays training_gradient(const ClassifierData& data,
                                                std::span<const std::uint32_t> rows) override {
        check(data);
        return training_.gradient(data, rows);
    }
    void scale_learning_rate(double factor) override { training_.scale_learning_rate(factor); }

    [[nodiscard]] std::vector<float> logits(const Matrix<float>& x) const override {
        expects(x.rows() == 0 || x.cols() == architecture_.inputs,
                "events have the classifier's number of inputs");
        std::vector<float> result(x.rows());
        parallel_blocks(
            x.rows(), events_per_block, threads_,
            [&](std::size_t begin, std::size_t end) { logits_of_block(x, begin, end, result); });
        return result;
    }

  private:
    void check(const ClassifierData& data) const {
        expects(data.x.cols() == architecture_.inputs, "events have the classifier's inputs");
        expects(data.x.rows() == data.size() && data.weight.size() == data.size(),
                "one target and one weight an event");
    }

    void logits_of_block(const Matrix<float>& x, std::size_t begin, std::size_t end,
                         std::vector<float>& result) const {
        detail::ClassifierActivations activations(parameters_.layers(), kernels_.panel, 1);
        for (std::size_t first = begin; first < end; first += kernels_.panel) {
            const std::size_t events = std::min(kernels_.panel, end - first);
            for (std::size_t e = 0; e < events; ++e) {
                for (std::size_t i = 0; i < x.cols(); ++i) {
                    activations.input(0, i, e) = x(first + e, i);
                }
            }
            detail::classify(parameters_, kernels_, activations, 0);
            std::copy_n(activations.logits(0), events, result.data() + first);
        }
    }

    ClassifierArchitecture architecture_;
    int threads_;
    const detail::EngineKernels& kernels_;
    detail::ClassifierParameters parameters_;
    detail::ClassifierTraining training_;
};

}  // namespace

std::unique_ptr<Classifier> make_engine_classifier(const ClassifierArchitecture& architecture,
                                                   const AdamOptions& adam, int threads) {
    const std::vector<std::size_t>& hidden = architecture.hidden;
    if (architecture.inputs < 1 || hidden.empty() || std::ranges::count(hidden, 0U) > 0) {
        throw UsageError(
            "a classifier needs at least one input and one hidden layer, and no layer without "
            "units; give the units of each hidden layer, for example 64, 64, 64");
    }
    return std::make_unique<EngineClassifier>(architecture, adam, threads);
}

}  // namespace lacathode
