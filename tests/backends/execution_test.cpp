#include "lacathode/backends/execution.hpp"

#include <gmock/gmock.h>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

TEST(Execution, TheEngineDoesNotRunOnAGpu) {
    EXPECT_THAT(
        [] {
            check_execution({Device::cuda, Backend::engine, 1});
        },
        ThrowsMessage<UsageError>(HasSubstr("backend engine runs on a CPU only")));
}

TEST(Execution, AMissingGpuIsAUsageErrorThatSaysWhatIsMissing) {
    if (backends_description().find("CUDA: yes") != std::string::npos) {
        GTEST_SKIP() << "this machine has a GPU";
    }
    for (const Backend backend : {Backend::automatic, Backend::torch}) {
        EXPECT_THAT(
            [&] {
                check_execution({Device::cuda, backend, 1});
            },
            ThrowsMessage<UsageError>(
                AnyOf(HasSubstr("built without CUDA"), HasSubstr("sees no GPU"))));
        EXPECT_THROW(make_density_estimator({}, {}, {Device::cuda, backend, 1}), UsageError);
        EXPECT_THROW(make_classifier({}, {}, {Device::cuda, backend, 1}), UsageError);
    }
}

TEST(Execution, ImpossibleSettingsAreUsageErrors) {
    EXPECT_THROW(check_execution({Device::cpu, Backend::torch, 0}), UsageError);
    EXPECT_THAT([] { make_density_estimator({.features = 21}, {}, {}); },
                ThrowsMessage<UsageError>(HasSubstr("21 features")));
    EXPECT_THAT([] { make_classifier({.inputs = 4, .hidden = {}}, {}, {}); },
                ThrowsMessage<UsageError>(HasSubstr("hidden is empty")));
    EXPECT_THROW(make_classifier({}, {.learning_rate = -1}, {}), UsageError);
}

TEST(Execution, ADescriptionForVersion) {
    EXPECT_THAT(backends_description(), AllOf(StartsWith("LibTorch "), HasSubstr("; engine: ")));
}

}  // namespace
}  // namespace lacathode
