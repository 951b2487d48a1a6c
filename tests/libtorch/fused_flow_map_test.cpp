// The kernel's source, on a CPU, against LibTorch's operations.
#include "libtorch/fused_flow_map.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <ostream>
#include <string>

#include "libtorch/flow_cases.hpp"
#include "libtorch/threads_of_a_block.hpp"

namespace lacathode::torch_backend {
namespace {

struct Case {
    std::size_t features;
    std::size_t hidden;
    std::int64_t events;
    bool shared;  // all flows have the same events
};

std::string name_of(const Case& one) {
    return "features" + std::to_string(one.features) + "hidden" + std::to_string(one.hidden) +
           "events" + std::to_string(one.events);
}

// In a test's name; without it the bytes of the struct would be there.
void PrintTo(const Case& one, std::ostream* out) {
    *out << name_of(one);
}

constexpr std::size_t replicas = 2;

template <int D>
void run_on_cpu(const kernels::MafMap& map, bool inverse) {
    SharedMemory memory(kernels::map_floats<D>());
    const std::int64_t parts =
        (map.events + kernels::events_of_a_map - 1) / kernels::events_of_a_map;
    for (int r = 0; r < static_cast<int>(replicas); ++r) {
        for (std::int64_t part = 0; part < parts; ++part) {
            test::run_block(kernels::threads, memory.data(), [&](const test::BlockOnCpu& block) {
                kernels::MafMapOfSome<D, test::BlockOnCpu> some(map, r, part, block);
                if (inverse) {
                    some.inverse();
                } else {
                    some.forward();
                }
            });
        }
    }
}

void run_on_cpu(const kernels::MafMap& map, bool inverse, std::size_t features) {
    kernels::with_features(features, [&](auto d) { run_on_cpu<d()>(map, inverse); });
}

class FusedFlowMapOf : public ::testing::TestWithParam<Case> {
  protected:
    const Case& one = GetParam();
    FlowNetwork network = varied_flows(
        {.features = one.features, .hidden = one.hidden, .blocks = 3}, AdamOptions{}, replicas);
    std::int64_t sets = one.shared ? 1 : static_cast<std::int64_t>(replicas);
    torch::Tensor x = normal({sets, one.events, static_cast<std::int64_t>(one.features)}, "x");
    torch::Tensor mass = 3 + normal({sets, one.events, 1}, "mass").abs();
};

TEST_P(FusedFlowMapOf, BothWaysAreThoseOfLibTorch) {
    const torch::NoGradGuard no_grad;
    const Transformed z = network.forward(x, mass);
    const FlowMap there = whole_map(network, x, mass);
    run_on_cpu(there.map, false, one.features);
    EXPECT_LT(largest_difference(there.to, z.values), 1e-5 * z.values.abs().max().item<double>());
    EXPECT_LT(largest_difference(there.log_det, z.log_det), 2e-5);
    const FlowMap back = whole_map(network, z.values, mass);
    run_on_cpu(back.map, true, one.features);
    EXPECT_LT(largest_difference(back.to, x.expand_as(back.to)),
              2e-5 * x.abs().max().item<double>());
    EXPECT_LT(largest_difference(back.log_det, -z.log_det), 4e-5);
}

TEST_P(FusedFlowMapOf, OneMadeAfterTheOtherIsTheWholeFlow) {
    const torch::NoGradGuard no_grad;
    const torch::Tensor moved = x.expand({static_cast<std::int64_t>(replicas), -1, -1})
                                    .clone(torch::MemoryFormat::Contiguous);
    torch::Tensor expected = moved.clone();
    for (std::size_t block = 0; block < 3; ++block) {
        const torch::Tensor u = network.made(block, expected, mass).values;
        run_on_cpu(next_made(network, block, moved, mass).map, false, one.features);
        EXPECT_LT(largest_difference(moved, u), 1e-5 * u.abs().max().item<double>());
        expected = network.normalise(block, u, network.statistics(block)).values;
    }
}

INSTANTIATE_TEST_SUITE_P(Sizes, FusedFlowMapOf,
                         ::testing::Values(Case{1, 8, 1, true}, Case{2, 16, 130, false},
                                           Case{4, 128, 1100, true}, Case{3, 36, 1024, false},
                                           Case{5, 128, 129, false}, Case{6, 100, 40, true}),
                         [](const ::testing::TestParamInfo<Case>& sizes) {
                             return name_of(sizes.param);
                         });

}  // namespace
}  // namespace lacathode::torch_backend
