// The module with the LibTorch backend: what is refused, and that exceptions keep their types on
// the way out of it.
#include "models/torch_module.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "lacathode/core/errors.hpp"
#include "lacathode/models/execution.hpp"

namespace lacathode::torch_backend {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(TorchModule, IsFoundInTheBuildTree) {
    ASSERT_EQ(module().problem, "");
    EXPECT_EQ(&backend(), module().backend);
    EXPECT_EQ(backend().stamp, torch_module_stamp());
    // One that is opened twice is the same one.
    EXPECT_EQ(open_module(LACATHODE_TORCH).backend, module().backend);
}

TEST(TorchModule, OfAnotherBuildIsRefused) {
    const Module foreign = open_module(LACATHODE_FOREIGN_TORCH);
    EXPECT_EQ(foreign.backend, nullptr);
    EXPECT_THAT(foreign.problem,
                AllOf(HasSubstr(LACATHODE_FOREIGN_TORCH), HasSubstr("0.0.0 (another build)"),
                      HasSubstr(torch_module_stamp())));
}

TEST(TorchModule, AnotherLibraryIsRefused) {
    const Module other = open_module("libm.so.6");
    EXPECT_EQ(other.backend, nullptr);
    EXPECT_THAT(other.problem, HasSubstr("libm.so.6 is not lacathode's module"));
}

TEST(TorchModule, AFileThatIsNoLibraryIsRefused) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("lacathode_no_library_" + std::to_string(getpid()) + ".so");
    std::ofstream(path) << "no library";
    const Module none = open_module(path.string());
    std::filesystem::remove(path);
    EXPECT_EQ(none.backend, nullptr);
    EXPECT_THAT(none.problem, HasSubstr(path.string()));
}

// The module has its own copies of these types, which the C++ library takes for the same by name.
TEST(TorchModule, ItsExceptionsAreCaughtByType) {
    if (backend().description().find("CUDA: yes") == std::string::npos) {
        EXPECT_THROW(backend().check_device(TorchDevice::cuda), UsageError);
    }
    const MafArchitecture architecture{.features = 2, .hidden = 8, .blocks = 1};
    EXPECT_THROW(backend().make_maf(architecture, {}, TorchDevice::cpu, 0), ContractViolation);
    const auto flow = backend().make_maf(architecture, {}, TorchDevice::cpu, 1);
    EXPECT_THROW(flow->load({}), InputError);
    const Matrix<float> y(1, 2);
    const std::vector<float> no_mass;
    EXPECT_THROW(flow->forward(y, no_mass), ContractViolation);
}

// LibTorch's own exception becomes NumericalError inside the module.
TEST(TorchModule, AFailureOfLibTorchIsANumericalError) {
    const MlpArchitecture architecture{.inputs = 2, .hidden = {4}};
    const auto network = backend().make_mlp(architecture, {}, TorchDevice::cpu, 1);
    const ClassifierData three_columns{Matrix<float>(2, 3), {0, 1}, {1, 1}};
    const std::vector<std::uint32_t> rows{0, 1};
    EXPECT_THAT([&] { network->training_step(three_columns, rows); },
                ThrowsMessage<NumericalError>(HasSubstr("LibTorch failed while training")));
}

}  // namespace
}  // namespace lacathode::torch_backend
