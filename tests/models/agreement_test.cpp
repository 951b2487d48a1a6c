// The engine against LibTorch's autograd: same weights, same numbers.
#include <gtest/gtest.h>

#include <cmath>

#include "lacathode/core/text.hpp"
#include "models/network_cases.hpp"

namespace lacathode::test {
namespace {

class Agreement : public ::testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {
  protected:
    std::size_t features = std::get<0>(GetParam());
    std::size_t batch = std::get<1>(GetParam());
};

// Relative to the array's norm, or absolute where float32 rounding is all there is of it.
void expect_same_arrays(const NamedArrays& a, const NamedArrays& b, double tolerance,
                        double rounding) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].name, b[i].name);
        EXPECT_EQ(a[i].shape, b[i].shape);
        if (largest_difference(a[i].values, b[i].values) <= rounding) continue;
        EXPECT_LE(relative_distance(a[i].values, b[i].values), tolerance) << a[i].name;
    }
}

TEST_P(Agreement, Flow) {
    const MafArchitecture architecture{.features = features, .hidden = 40, .blocks = 3};
    const NamedArrays state = varied_flow_state(architecture, 17);
    const FlowData data = correlated_events(600, features, 18);
    auto torch = make_flow(Backend::torch, architecture);
    auto engine = make_flow(Backend::engine, architecture);
    torch->load(state);
    engine->load(state);

    const auto forward_torch = torch->forward(data.y, data.mass);
    const auto forward_engine = engine->forward(data.y, data.mass);
    EXPECT_LE(relative_distance(forward_engine.z.values(), forward_torch.z.values()), 1e-5);
    EXPECT_LE(largest_difference(forward_engine.log_det, forward_torch.log_det), 5e-5);
    const auto inverse_torch = torch->inverse(data.y, data.mass);
    const auto inverse_engine = engine->inverse(data.y, data.mass);
    EXPECT_LE(relative_distance(inverse_engine.y.values(), inverse_torch.y.values()), 1e-5);
    EXPECT_LE(largest_difference(inverse_engine.log_det, inverse_torch.log_det), 5e-5);

    const auto chosen = rows(100, 100 + batch);
    const auto gradient_torch = torch->training_gradient(data, chosen);
    const auto gradient_engine = engine->training_gradient(data, chosen);
    EXPECT_LE(relative_distance(gradient_engine.log_prob, gradient_torch.log_prob), 2e-5);
    expect_same_arrays(gradient_engine.gradient, gradient_torch.gradient, 2e-4, 1e-6);

    for (int step = 0; step < 3; ++step) {
        const double loss = torch->training_step(data, chosen);
        EXPECT_NEAR(engine->training_step(data, chosen), loss, 2e-5 * (1 + std::abs(loss)));
    }
    torch->set_population_statistics(data);
    engine->set_population_statistics(data);
    const auto trained_torch = torch->forward(data.y, data.mass);
    const auto trained_engine = engine->forward(data.y, data.mass);
    // A batch of one has gradients of rounding noise, which Adam turns into full steps.
    const double tolerance = batch == 1 ? 1e-2 : 1e-3;
    EXPECT_LE(relative_distance(trained_engine.z.values(), trained_torch.z.values()), tolerance);
}

TEST_P(Agreement, FlowOfWeightedEvents) {
    const MafArchitecture architecture{.features = features, .hidden = 40, .blocks = 3};
    const NamedArrays state = varied_flow_state(architecture, 17);
    FlowData data = correlated_events(600, features, 18);
    RandomStream random(20, "weights");
    for (std::size_t row = 0; row < data.size(); ++row)
        data.weight.push_back(static_cast<float>(4 * random.uniform() - 1));
    auto torch = make_flow(Backend::torch, architecture);
    auto engine = make_flow(Backend::engine, architecture);
    torch->load(state);
    engine->load(state);
    const auto chosen = rows(100, 100 + batch);
    expect_same_arrays(engine->training_gradient(data, chosen).gradient,
                       torch->training_gradient(data, chosen).gradient, 2e-4, 1e-6);
    const double loss = torch->training_step(data, chosen);
    EXPECT_NEAR(engine->training_step(data, chosen), loss, 2e-5 * (1 + std::abs(loss)));
}

TEST_P(Agreement, Classifier) {
    const MlpArchitecture architecture{.inputs = features, .hidden = {24, 40}};
    const NamedArrays state = initial_mlp_state(architecture, RandomStream(1, "agreement"));
    const ClassifierData data = labelled_events(600, features, 19);
    auto torch = make_network(Backend::torch, architecture, {.learning_rate = 1e-3});
    auto engine = make_network(Backend::engine, architecture, {.learning_rate = 1e-3});
    torch->load(state);
    engine->load(state);
    EXPECT_LE(largest_difference(engine->logits(data.x), torch->logits(data.x)), 2e-6);
    const auto chosen = rows(100, 100 + batch);
    expect_same_arrays(engine->training_gradient(data, chosen),
                       torch->training_gradient(data, chosen), 2e-5, 1e-8);
    for (int step = 0; step < 3; ++step) {
        EXPECT_NEAR(engine->training_step(data, chosen), torch->training_step(data, chosen), 2e-6);
    }
    EXPECT_LE(largest_difference(engine->logits(data.x), torch->logits(data.x)), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Agreement,
                         ::testing::Combine(::testing::Values(1U, 2U, 4U, 5U, 7U, 20U),
                                            ::testing::Values(1U, 2U, 255U, 256U, 257U)),
                         [](const auto& test) {
                             return concat("d", std::get<0>(test.param), "_batch",
                                           std::get<1>(test.param));
                         });

}  // namespace
}  // namespace lacathode::test
