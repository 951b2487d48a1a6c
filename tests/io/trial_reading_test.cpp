// What happens in a child process stays there, and is told.
#include "io/trial_reading.hpp"

#include <gmock/gmock.h>
#include <sys/mman.h>

#include <csignal>
#include <ctime>
#include <new>
#include <stdexcept>

#include "lacathode/core/errors.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using io::detail::try_in_child;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

std::string refusal(const std::function<void()>& work) {
    return message_of<InputError>([&] {
        try_in_child("x.h5", work, {.processor_time = std::chrono::seconds(1), .memory = 1U << 28});
    });
}

TEST(TrialReading, WorkThatEndsWellIsSilent) {
    int here = 0;
    EXPECT_NO_THROW(try_in_child("x.h5", [&] { here = 1; }));
    EXPECT_EQ(here, 0);
}

TEST(TrialReading, DeathByASignalIsAnInputError) {
    for (const int number : {SIGSEGV, SIGFPE, SIGABRT, SIGBUS}) {
        EXPECT_THAT(refusal([&] { std::raise(number); }),
                    AllOf(HasSubstr("x.h5: a trial reading of it ended with signal " +
                                    std::to_string(number)),
                          HasSubstr("copy or download it again")));
    }
}

TEST(TrialReading, EndlessWorkIsStopped) {
    const auto endless = [] {
        for (;;) (void)std::clock();
    };
    // One second of a processor, or six of the clock, which are over first on a busy machine.
    EXPECT_THAT(refusal(endless), ContainsRegex("takes longer than (1|6) s"));
}

TEST(TrialReading, WorkThatNeedsTooMuchMemoryIsStopped) {
    // As an allocator asks the system; the sanitizers' own ends the process instead of throwing.
    const auto take_much = [] {
        constexpr std::size_t tebibyte = std::size_t{1} << 40;
        void* const much = mmap(nullptr, tebibyte, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (much == MAP_FAILED) throw std::bad_alloc();
        munmap(much, tebibyte);
    };
    EXPECT_NO_THROW(take_much());  // it is the limit that stops it
    EXPECT_THAT(refusal(take_much), HasSubstr("needs more than 256 MiB"));
}

TEST(TrialReading, InputErrorsArePassedOn) {
    EXPECT_EQ(refusal([] { throw InputError("x.h5: no column 'm'"); }), "x.h5: no column 'm'");
}

TEST(TrialReading, WhatIsNoErrorOfAUsersIsTold) {
    EXPECT_THAT(refusal([] { throw std::logic_error("a bug"); }),
                AllOf(HasSubstr("x.h5: a trial reading of it failed: a bug"),
                      HasSubstr("copy or download it again")));
}

TEST(TrialReading, OtherErrorsAreLeftToTheCaller) {
    EXPECT_NO_THROW(try_in_child("x.h5", [] { throw UsageError("no"); }));
}

}  // namespace
}  // namespace lacathode::test
