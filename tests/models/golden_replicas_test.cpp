// Every replica against the published reference implementation.
#include <gtest/gtest.h>

#include "models/network_cases.hpp"
#include "support/golden_networks.hpp"

namespace lacathode::test {
namespace {

constexpr std::size_t replicas = 3;
const Execution on_torch{.device = torch_device_under_test(), .backend = Backend::torch};

// Steps all replicas through the first batches of the file, in its order, and compares the losses.
void step_and_compare(Replicas& networks, const GoldenFile& file) {
    const std::vector<double> losses = file.array("train/losses").values;
    const auto batch_size = static_cast<std::size_t>(file.attribute("/", "batch_size"));
    ASSERT_GE(losses.size(), 3U);
    const std::vector<std::uint32_t> order = rows(0, losses.size() * batch_size);
    networks.begin_epoch({.batch_size = batch_size,
                          .orders = {replicas, order},
                          .rate_factors = {replicas, std::vector<double>(losses.size(), 1.0)}},
                         0);
    for (std::size_t batch = 0; batch < losses.size(); ++batch) networks.training_step(batch);
    const Matrix<double> found = networks.batch_losses();
    for (std::size_t batch = 0; batch < losses.size(); ++batch) {
        for (std::size_t r = 0; r < replicas; ++r)
            EXPECT_NEAR(found(batch, r), losses[batch], 2e-6) << batch << ", replica " << r;
    }
}

TEST(GoldenReplicas, FlowsTakeThreeStepsOfAdam) {
    for (const char* name : {"flow_d2_h32_k3.h5", "flow_d4_h128_k15.h5"}) {
        const GoldenFile file(name);
        const MafArchitecture architecture = golden_maf_architecture(file);
        const AdamOptions adam = golden_adam(file);
        const FlowData data{golden_matrix(file, "x"), file.array("m").as_float()};
        const auto flows =
            make_maf_replicas(architecture, adam, {replicas, {&data}, {&data}}, on_torch);
        for (std::size_t r = 0; r < replicas; ++r)
            flows->load(r, golden_maf_state(file, "initial", architecture));
        step_and_compare(*flows, file);
        for (std::size_t r = 0; r < replicas; ++r) {
            expect_golden_state(file, flows->state(r),
                                golden_maf_state(file, "train/final", architecture),
                                adam.learning_rate);
        }
    }
}

TEST(GoldenReplicas, ClassifiersTakeFiveStepsOfAdam) {
    const GoldenFile file("classifier_d4.h5");
    const AdamOptions adam = golden_adam(file, 0);
    const ClassifierData data{golden_matrix(file, "x"), file.array("label").as_float(),
                              file.array("weight").as_float()};
    const auto classifiers = make_mlp_replicas({}, adam, {replicas, {&data}, {&data}}, on_torch);
    for (std::size_t r = 0; r < replicas; ++r)
        classifiers->load(r, golden_mlp_state(file, "initial", {}));
    step_and_compare(*classifiers, file);
    for (std::size_t r = 0; r < replicas; ++r) {
        expect_golden_state(file, classifiers->state(r), golden_mlp_state(file, "train/final", {}),
                            adam.learning_rate);
    }
}

}  // namespace
}  // namespace lacathode::test
