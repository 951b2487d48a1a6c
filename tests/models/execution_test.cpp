#include "lacathode/models/execution.hpp"

#include <gmock/gmock.h>

#include "lacathode/core/errors.hpp"
#include "lacathode/engine/engine.hpp"
#include "models/network_cases.hpp"

namespace lacathode {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

TEST(Execution, TheEngineDoesNotRunOnAGpu) {
    EXPECT_THAT([] { check_execution({.device = Device::cuda, .backend = Backend::engine}); },
                ThrowsMessage<UsageError>(HasSubstr("backend engine runs on a CPU only")));
}

TEST(Execution, AMissingGpuIsAUsageErrorThatSaysWhatIsMissing) {
    if (backends_description().find("CUDA: yes") != std::string::npos) {
        GTEST_SKIP() << "this machine has a GPU";
    }
    for (const Backend backend : {Backend::automatic, Backend::torch}) {
        EXPECT_THAT([&] { check_execution({.device = Device::cuda, .backend = backend}); },
                    ThrowsMessage<UsageError>(
                        AnyOf(HasSubstr("built without CUDA"), HasSubstr("sees no GPU"))));
        EXPECT_THROW(make_maf({}, {}, {.device = Device::cuda, .backend = backend}), UsageError);
        EXPECT_THROW(make_mlp({}, {}, {.device = Device::cuda, .backend = backend}), UsageError);
    }
}

TEST(Execution, ImpossibleSettingsAreUsageErrors) {
    EXPECT_THROW(check_execution({.backend = Backend::torch, .threads = 0}), UsageError);
    EXPECT_THAT([] { make_maf({.features = 21}, {}, {}); },
                ThrowsMessage<UsageError>(HasSubstr("21 features")));
    EXPECT_THAT([] { make_mlp({.inputs = 4, .hidden = {}}, {}, {}); },
                ThrowsMessage<UsageError>(HasSubstr("hidden is empty")));
    EXPECT_THROW(make_mlp({}, {.learning_rate = -1}, {}), UsageError);
}

TEST(Execution, AnUnknownInstructionSetIsAUsageErrorOnAnyBackend) {
    for (const Backend backend : {Backend::automatic, Backend::engine, Backend::torch}) {
        const Execution execution{.backend = backend, .instruction_set = "MMX"};
        EXPECT_THAT([&] { check_execution(execution); },
                    ThrowsMessage<UsageError>(HasSubstr("'MMX'")));
        EXPECT_THROW(make_maf({}, {}, execution), UsageError);
        EXPECT_THROW(make_mlp({}, {}, execution), UsageError);
    }
}

// Two sets differ in rounding only, but they do: here in the order of a layer's sums.
TEST(Execution, TheInstructionSetReachesTheNetworks) {
    const std::vector<std::string> sets = engine_instruction_sets();
    if (sets.size() < 2) GTEST_SKIP() << "this machine has one instruction set";
    const ClassifierData data = test::labelled_events(200, 4, 1);
    const FlowData events = test::correlated_events(200, 4, 1);
    const auto gradients = [&](const std::string& set) {
        const Execution execution{.backend = Backend::engine, .instruction_set = set};
        const auto maf = make_maf({}, {}, execution);
        maf->load(test::varied_flow_state({}, 2));
        const auto mlp = make_mlp({}, {}, execution);
        mlp->load(initial_mlp_state({}, RandomStream(3, "weights")));
        return std::pair(maf->training_gradient(events, test::rows(0, 200)).gradient,
                         mlp->training_gradient(data, test::rows(0, 200)));
    };
    const auto best = gradients(sets.front());
    const auto least = gradients(sets.back());
    EXPECT_FALSE(best.first == least.first);
    EXPECT_FALSE(best.second == least.second);
    const auto again = gradients("");
    EXPECT_TRUE(best.first == again.first);
    EXPECT_TRUE(best.second == again.second);
}

TEST(Execution, ADescriptionForVersion) {
    EXPECT_THAT(backends_description(), AllOf(StartsWith("LibTorch "), HasSubstr("; engine: ")));
}

}  // namespace
}  // namespace lacathode
