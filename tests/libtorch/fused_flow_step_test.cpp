// The kernel's source, on a CPU, against the step that LibTorch differentiates.
#include "libtorch/fused_flow_step.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <numeric>
#include <ostream>
#include <string>
#include <vector>

#include "lacathode/core/random.hpp"
#include "libtorch/flow_cases.hpp"
#include "libtorch/threads_of_a_block.hpp"

namespace lacathode::torch_backend {
namespace {

struct Case {
    std::size_t features;
    std::size_t hidden;
    std::size_t blocks;
    std::size_t events;
    std::size_t batch;
    bool weighted;
};

std::string name_of(const Case& one) {
    return "features" + std::to_string(one.features) + "hidden" + std::to_string(one.hidden) +
           "batch" + std::to_string(one.batch) + (one.weighted ? "weighted" : "");
}

// In a test's name; without it the bytes of the struct would be there.
void PrintTo(const Case& one, std::ostream* out) {
    *out << name_of(one);
}

constexpr std::size_t replicas = 2;

FlowEvents events_of(const Case& one) {
    const auto count = static_cast<std::int64_t>(one.events);
    return {.x = normal({1, count, static_cast<std::int64_t>(one.features)}, "x"),
            .mass = 3 + normal({1, count, 1}, "mass").abs(),
            .valid = torch::ones({1, count, 1}, torch::TensorOptions().dtype(torch::kBool)),
            .weight = one.weighted ? 0.5 + normal({1, count, 1}, "weight").abs() : torch::Tensor()};
}

FlowNetwork flows_of(const Case& one, const AdamOptions& adam) {
    return varied_flows({.features = one.features, .hidden = one.hidden, .blocks = one.blocks},
                        adam, replicas);
}

// The second replica has fewer events, so that it has another last batch, or none.
ReplicaEpoch epoch_of(const Case& one) {
    ReplicaEpoch epoch{.batch_size = one.batch, .orders = {}, .rate_factors = {}};
    for (std::size_t r = 0; r < replicas; ++r) {
        std::vector<std::uint32_t> order(one.events - r * (one.events / 3));
        std::iota(order.begin(), order.end(), 0U);
        RandomStream(r + 1, "order").shuffle(std::span(order));
        epoch.rate_factors.emplace_back((order.size() + one.batch - 1) / one.batch, 1.0);
        epoch.orders.push_back(std::move(order));
    }
    return epoch;
}

torch::Tensor losses(const FlowNetwork& network, const FlowEvents& events, const StepRows& rows) {
    const torch::Tensor log_p =
        event_log_prob(network.training_forward({.x = rows_of(events.x, rows),
                                                 .mass = rows_of(events.mass, rows),
                                                 .valid = rows.valid,
                                                 .count = rows.count}));
    const torch::Tensor weight =
        events.weight.defined() ? rows.valid * rows_of(events.weight, rows) : rows.valid;
    return -(log_p * weight.squeeze(2)).to(torch::kFloat64).sum(1) / rows.count.flatten();
}

template <int D>
void run_on_cpu(const kernels::MafStep& step) {
    SharedMemory memory(kernels::shared_floats<D>(step.rows, step.blocks));
    for (int r = 0; r < static_cast<int>(replicas); ++r) {
        test::run_block(kernels::threads, memory.data(), [&](const test::BlockOnCpu& block) {
            kernels::MafStepOfOne<D, test::BlockOnCpu>(step, r, block).run();
        });
    }
}

void run_on_cpu(const kernels::MafStep& step, std::size_t features) {
    kernels::with_features(features, [&](auto d) { run_on_cpu<d()>(step); });
}

class FusedFlowStepOf : public ::testing::TestWithParam<Case> {};

TEST_P(FusedFlowStepOf, EachFlowIsTheStepOfLibTorch) {
    const Case& one = GetParam();
    const AdamOptions adam{.learning_rate = 1e-2, .weight_decay = 1e-2};
    const FlowEvents events = events_of(one);
    FlowNetwork expected = flows_of(one, adam);
    FlowNetwork fused = flows_of(one, adam);
    const ReplicaEpoch epoch = epoch_of(one);
    ReplicaSteps expected_steps(expected.parameters(), {0, 0}, torch::kCPU);
    ReplicaSteps fused_steps(fused.parameters(), {0, 0}, torch::kCPU);
    const FusedFlowStep kernel(fused.architecture(), replicas, one.batch, torch::kCPU);
    const torch::Tensor before = fused.parameters().memory().values.clone();
    expected_steps.begin_epoch(epoch, 0);
    fused_steps.begin_epoch(epoch, 0);
    for (std::size_t batch = 0; batch < epoch.rate_factors[0].size(); ++batch) {
        expected_steps.step([&](const StepRows& rows) { return losses(expected, events, rows); });
        fused_steps.step_with([&](const StepTables& tables) {
            run_on_cpu(kernel.step(fused.parameters(), events, tables), one.features);
        });
    }
    const Matrix<double> loss = fused_steps.losses();
    const Matrix<double> expected_loss = expected_steps.losses();
    for (std::size_t r = 0; r < replicas; ++r) {
        for (std::size_t batch = 0; batch < epoch.rate_factors[r].size(); ++batch)
            EXPECT_NEAR(loss(batch, r), expected_loss(batch, r), 2e-5);
    }
    const auto [value, first, second] = fused.parameters().memory();
    const auto [expected_value, expected_first, expected_second] = expected.parameters().memory();
    const double first_scale = expected_first.abs().max().item<double>();
    const double second_scale = expected_second.abs().max().item<double>();
    EXPECT_LT(largest_difference(first, expected_first), 2e-5 * first_scale);
    EXPECT_LT(largest_difference(second, expected_second), 4e-5 * second_scale);
    EXPECT_GT(largest_difference(value, before), 5e-3);
    // Adam's first steps have the size of the rate whatever the gradient: where it is rounding,
    // so is the step's sign.
    const torch::Tensor clear = expected_first.abs() > 1e-4 * first_scale;
    EXPECT_GT(clear.sum().item<std::int64_t>(), 0);
    EXPECT_LT(((value - expected_value) * clear).abs().max().item<double>(), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, FusedFlowStepOf,
    ::testing::Values(Case{1, 8, 2, 200, 100, false}, Case{2, 16, 2, 130, 130, true},
                      Case{3, 36, 2, 257, 256, false}, Case{4, 128, 3, 300, 255, true},
                      Case{5, 128, 2, 258, 257, false}, Case{6, 100, 2, 258, 257, true}),
    [](const ::testing::TestParamInfo<Case>& sizes) { return name_of(sizes.param); });

// A GPU of Nvidia's generation 9 gives 227 KB to a block of threads.
TEST(FusedFlowStep, ThePapersFlowsFit) {
    constexpr std::size_t shared_memory = 227 * 1024;
    const auto fits = [](std::size_t features, std::size_t hidden, std::size_t batch) {
        return FusedFlowStep::fits({.features = features, .hidden = hidden}, batch, shared_memory);
    };
    EXPECT_TRUE(fits(4, 128, 256));
    EXPECT_TRUE(fits(4, 128, 512));  // of the preset fast
    EXPECT_FALSE(fits(1, 128, 1024));
    EXPECT_TRUE(fits(5, 128, 256));  // with delta_r
    EXPECT_TRUE(fits(6, 128, 512));
    EXPECT_FALSE(fits(6, 128, 513));
    EXPECT_FALSE(fits(7, 128, 256));
    EXPECT_FALSE(fits(4, 132, 256));
    EXPECT_FALSE(fits(4, 126, 256));
}

}  // namespace
}  // namespace lacathode::torch_backend
