// Which backend and device serve a job.
#include "lacathode/models/backend_choice.hpp"

#include <gmock/gmock.h>

namespace lacathode {
namespace {

using ::testing::HasSubstr;

struct Case {
    Device device;
    Backend backend;
    std::size_t trainings;
    bool gpu;
    Device expected_device;
    Backend expected_backend;
    const char* reason;
};

constexpr std::size_t many = least_trainings_for_gpu;

TEST(BackendChoice, FollowsTheRules) {
    const std::vector<Case> cases = {
        // What is asked for holds, and a missing GPU is told of elsewhere.
        {Device::cpu, Backend::automatic, many, true, Device::cpu, Backend::engine, "asked for"},
        {Device::cpu, Backend::torch, 1, true, Device::cpu, Backend::torch, "asked for"},
        {Device::cuda, Backend::automatic, 1, true, Device::cuda, Backend::torch, "asked for"},
        {Device::cuda, Backend::torch, 1, false, Device::cuda, Backend::torch, "asked for"},
        {Device::automatic, Backend::engine, many, true, Device::cpu, Backend::engine, "engine"},
        // Many trainings fill a GPU, few do not.
        {Device::automatic, Backend::automatic, many, true, Device::cuda, Backend::torch,
         "steps of 8 trainings as one"},
        {Device::automatic, Backend::automatic, many - 1, true, Device::cpu, Backend::engine,
         "fewer than 8"},
        {Device::automatic, Backend::automatic, 1, true, Device::cpu, Backend::engine,
         "fewer than 8"},
        {Device::automatic, Backend::automatic, many, false, Device::cpu, Backend::engine,
         "no GPU"},
        // LibTorch alone.
        {Device::automatic, Backend::torch, 1, true, Device::cuda, Backend::torch, "faster"},
        {Device::automatic, Backend::torch, many, false, Device::cpu, Backend::torch, "no GPU"},
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const Case& one = cases[i];
        const Execution asked{
            .device = one.device, .backend = one.backend, .threads = 3, .instruction_set = "AVX2"};
        const ExecutionChoice choice = chosen_execution(asked, one.trainings, one.gpu);
        EXPECT_EQ(choice.execution.device, one.expected_device) << i;
        EXPECT_EQ(choice.execution.backend, one.expected_backend) << i;
        EXPECT_EQ(choice.execution.threads, 3) << i;
        EXPECT_EQ(choice.execution.instruction_set, "AVX2") << i;
        EXPECT_THAT(choice.reason, HasSubstr(one.reason)) << i;
    }
}

TEST(BackendChoice, AGpuIsThereIfLibTorchSeesOne) {
    EXPECT_EQ(gpu_is_there(), backends_description().find("CUDA: yes") != std::string::npos);
}

}  // namespace
}  // namespace lacathode
