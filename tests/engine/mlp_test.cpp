// The engine's MLP against float64 arithmetic, and its properties.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/instruction_sets.hpp"
#include "engine/random_maf.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::test {
namespace {

ClassifierData random_sample(std::size_t events, std::size_t inputs) {
    RandomStream stream(1, "classifier events");
    ClassifierData data{Matrix<float>(events, inputs), std::vector<float>(events),
                        std::vector<float>(events)};
    for (float& value : data.x.values()) value = static_cast<float>(stream.normal());
    for (float& target : data.target) target = stream.uniform() < 0.5 ? 0.0F : 1.0F;
    for (float& weight : data.weight) weight = static_cast<float>(0.5 + stream.uniform());
    return data;
}

std::unique_ptr<MlpNetwork> initial_mlp(const MlpArchitecture& architecture, int threads = 1,
                                        const std::string& instruction_set = {}) {
    auto classifier =
        make_engine_mlp(architecture, {.learning_rate = 1e-3}, threads, instruction_set);
    classifier->load(initial_mlp_state(architecture, RandomStream(2, "weights")));
    return classifier;
}

/// The logit in float64: state arrays are weight, bias, weight, bias, ...
double reference_logit(const NamedArrays& state, std::span<const float> x,
                       const NamedArray* changed = nullptr, std::size_t index = 0,
                       double change = 0) {
    std::vector<double> values(x.begin(), x.end());
    const auto entry = [&](const NamedArray& array, std::size_t i) {
        const double shift = &array == changed && i == index ? change : 0;
        return static_cast<double>(array.values[i]) + shift;
    };
    for (std::size_t l = 0; l < state.size(); l += 2) {
        const std::size_t outputs = state[l + 1].values.size();
        std::vector<double> next(outputs);
        for (std::size_t r = 0; r < outputs; ++r) {
            next[r] = entry(state[l + 1], r);
            for (std::size_t i = 0; i < values.size(); ++i) {
                next[r] += entry(state[l], r * values.size() + i) * values[i];
            }
            if (l + 2 < state.size()) next[r] = std::max(next[r], 0.0);
        }
        values = next;
    }
    return values[0];
}

double reference_loss(const NamedArrays& state, const ClassifierData& data, std::size_t events,
                      const NamedArray* changed, std::size_t index, double change) {
    double sum = 0;
    for (std::size_t e = 0; e < events; ++e) {
        const double logit = reference_logit(state, data.x.row(e), changed, index, change);
        const auto target = static_cast<double>(data.target[e]);
        sum += static_cast<double>(data.weight[e]) *
               (std::log1p(std::exp(-std::abs(logit))) + std::max(logit, 0.0) - logit * target);
    }
    return sum / static_cast<double>(events);
}

class EngineMlpOracle : public OnEveryInstructionSet {
  protected:
    [[nodiscard]] std::unique_ptr<MlpNetwork> initial(const MlpArchitecture& architecture,
                                                      int threads = 1) const {
        return initial_mlp(architecture, threads, instruction_set_);
    }
};

TEST_P(EngineMlpOracle, Logits) {
    for (const MlpArchitecture& architecture :
         {MlpArchitecture{1, {3}}, MlpArchitecture{4, {64, 64, 64}},
          MlpArchitecture{20, {17, 5}}}) {
        const auto classifier = initial(architecture);
        const ClassifierData data = random_sample(300, architecture.inputs);
        const std::vector<float> logits = classifier->logits(data.x);
        const NamedArrays state = classifier->state();
        for (std::size_t e = 0; e < data.size(); ++e) {
            EXPECT_NEAR(static_cast<double>(logits[e]), reference_logit(state, data.x.row(e)),
                        2e-6);
        }
    }
}

TEST_P(EngineMlpOracle, GradientIsThatOfFiniteDifferences) {
    const MlpArchitecture architecture{5, {19, 8}};
    const auto classifier = initial(architecture);
    const ClassifierData data = random_sample(129, architecture.inputs);
    const NamedArrays state = classifier->state();
    RandomStream stream(3, "choice");
    for (const std::size_t events : {1U, 127U, 129U}) {
        const NamedArrays gradient = classifier->training_gradient(data, first_rows(events));
        for (std::size_t a = 0; a < gradient.size(); ++a) {
            for (int trial = 0; trial < 5; ++trial) {
                const std::size_t i = stream.below(gradient[a].values.size());
                constexpr double step = 1e-6;
                const double above = reference_loss(state, data, events, &state[a], i, step);
                const double below = reference_loss(state, data, events, &state[a], i, -step);
                EXPECT_NEAR(static_cast<double>(gradient[a].values[i]),
                            (above - below) / (2 * step), 2e-6)
                    << gradient[a].name << " " << i << ", " << events << " events";
            }
        }
    }
}

TEST_P(EngineMlpOracle, EveryNumberOfThreadsGivesTheSameBits) {
    const MlpArchitecture architecture;
    const ClassifierData data = random_sample(500, architecture.inputs);
    for (const std::size_t batch : {1U, 100U, 128U, 500U}) {
        for (const int threads : {2, 3, 5}) {
            const auto one = initial(architecture);
            const auto many = initial(architecture, threads);
            for (int step = 0; step < 3; ++step) {
                EXPECT_EQ(one->training_step(data, first_rows(batch)),
                          many->training_step(data, first_rows(batch)));
            }
            EXPECT_EQ(one->state(), many->state());
            EXPECT_EQ(one->logits(data.x), many->logits(data.x));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(EveryInstructionSet, EngineMlpOracle, every_instruction_set(),
                         instruction_set_name);

TEST(EngineMlp, LossOfAHopelessScoreIsFinite) {
    const MlpArchitecture architecture{1, {1}};
    const auto classifier = make_engine_mlp(architecture, {}, 1);
    classifier->load({{"layer_0/weight", {1, 1}, {300.0F}},
                      {"layer_0/bias", {1}, {0.0F}},
                      {"layer_1/weight", {1, 1}, {-1.0F}},
                      {"layer_1/bias", {1}, {0.0F}}});
    const ClassifierData data{Matrix<float>(1, 1, 1.0F), {1.0F}, {1.0F}};
    EXPECT_FLOAT_EQ(static_cast<float>(classifier->training_step(data, first_rows(1))), 300.0F);
}

TEST(EngineMlp, TrainingGradientChangesNothing) {
    const auto classifier = initial_mlp({});
    const ClassifierData data = random_sample(128, 4);
    const NamedArrays before = classifier->state();
    (void)classifier->training_gradient(data, first_rows(128));
    EXPECT_EQ(classifier->state(), before);
}

TEST(EngineMlp, ImpossibleArchitecturesAreRefused) {
    for (const MlpArchitecture& architecture :
         {MlpArchitecture{0, {8}}, MlpArchitecture{2, {}}, MlpArchitecture{2, {8, 0}}}) {
        EXPECT_THROW((void)make_engine_mlp(architecture, {}, 1), UsageError);
    }
}

}  // namespace
}  // namespace lacathode::test
