// The flow's log-determinants against the Jacobian that autograd computes.
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "lacathode/core/random.hpp"
#include "libtorch/flow_network.hpp"

namespace lacathode::torch_backend {
namespace {

// J[b, i, j] = d z_i / d x_j of event b; z and x [1, B, D].
torch::Tensor jacobian(const torch::Tensor& z, const torch::Tensor& x) {
    std::vector<torch::Tensor> rows;
    for (std::int64_t i = 0; i < z.size(2); ++i) {
        rows.push_back(torch::autograd::grad({z.select(2, i).sum()}, {x}, {}, true)[0][0]);
    }
    return torch::stack(rows, 1);
}

FlowNetwork network(std::size_t features, std::size_t blocks) {
    const MafArchitecture architecture{.features = features, .hidden = 16, .blocks = blocks};
    FlowNetwork made(architecture, {}, 1, torch::kCPU);
    made.parameters().load(0, initial_maf_state(architecture, RandomStream(features, "jacobian")));
    return made;
}

TEST(FlowJacobian, ItsLogDeterminantIsTheFlows) {
    torch::manual_seed(1);
    for (const std::int64_t features : {1, 2, 4, 7}) {
        const FlowNetwork flow = network(static_cast<std::size_t>(features), 3);
        const torch::Tensor x = torch::randn({1, 20, features}).requires_grad_();
        const Transformed forward = flow.forward(x, torch::rand({1, 20, 1}));
        const torch::Tensor matrices = jacobian(forward.values, x).to(torch::kFloat64);
        const torch::Tensor expected = torch::det(matrices).abs().log();
        // float32 rounding of the entries
        EXPECT_LT((forward.log_det[0] - expected).abs().max().item<double>(), 1e-4) << features;
    }
}

TEST(FlowJacobian, AMadeIsLowerTriangularWithAPositiveDiagonal) {
    torch::manual_seed(2);
    const FlowNetwork flow = network(6, 1);
    const torch::Tensor x = torch::randn({1, 20, 6}).requires_grad_();
    const Transformed made = flow.made(0, x, torch::rand({1, 20, 1}));
    const torch::Tensor matrices = jacobian(made.values, x);
    EXPECT_EQ(matrices.triu(1).abs().max().item<float>(), 0.0F);
    EXPECT_GT(matrices.diagonal(0, 1, 2).min().item<float>(), 0.0F);
    EXPECT_GT(matrices.tril(-1).abs().max().item<float>(), 0.0F);  // not merely diagonal
}

}  // namespace
}  // namespace lacathode::torch_backend
