#include "lacathode/core/interrupt.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "lacathode/core/parallel.hpp"

namespace lacathode {
namespace {

using ::testing::ExitedWithCode;
using ::testing::KilledBySignal;

// Signals change the process for good: each of these runs in a child of its own.

int caught_signal() {
    try {
        check_interrupt();
    } catch (const Interrupted& interrupted) {
        return interrupted.signal();
    }
    return 0;
}

TEST(Interrupt, ANotedSignalIsThrownAtEveryCheck) {
    EXPECT_EXIT(
        {
            install_interrupt_handlers(OnInterrupt::note);
            const bool quiet = caught_signal() == 0;
            std::raise(SIGTERM);
            std::_Exit(quiet && caught_signal() == SIGTERM && caught_signal() == SIGTERM ? 0 : 1);
        },
        ExitedWithCode(0), "");
}

TEST(Interrupt, ASecondSignalKills) {
    for (const int signal : {SIGINT, SIGTERM}) {
        EXPECT_EXIT(
            {
                install_interrupt_handlers(OnInterrupt::note);
                std::raise(signal);
                std::raise(signal);
            },
            KilledBySignal(signal), "");
    }
}

TEST(Interrupt, LeavesAtOnceWhileThereIsNothingToTidyUp) {
    EXPECT_EXIT(
        {
            install_interrupt_handlers(OnInterrupt::leave);
            std::raise(SIGTERM);
        },
        ExitedWithCode(128 + SIGTERM), "^interrupted by SIGTERM; no file is unfinished\n$");
    EXPECT_EXIT(
        {
            install_interrupt_handlers(OnInterrupt::leave);
            std::raise(SIGINT);
        },
        ExitedWithCode(128 + SIGINT), "^interrupted by Ctrl-C; no file is unfinished\n$");
}

TEST(Interrupt, EndsParallelBlocks) {
    EXPECT_EXIT(
        {
            install_interrupt_handlers(OnInterrupt::note);
            std::atomic<int> blocks = 0;
            try {
                parallel_blocks(1000, 1, 4, [&](std::size_t, std::size_t) {
                    const int block = ++blocks;
                    if (block == 10) std::raise(SIGINT);
                    // Where the tenth is held up, the others wait for it.
                    while (block > 10 && caught_signal() == 0) std::this_thread::yield();
                });
            } catch (const Interrupted&) {
                std::_Exit(blocks < 20 ? 0 : 1);
            }
            std::_Exit(2);
        },
        ExitedWithCode(0), "");
}

TEST(Interrupt, AnotherFlagCanBeWatched) {
    EXPECT_EXIT(
        {
            InterruptFlag other = 0;
            watch_interrupts(other);
            const bool quiet = caught_signal() == 0;
            other = SIGINT;
            std::_Exit(quiet && caught_signal() == SIGINT ? 0 : 1);
        },
        ExitedWithCode(0), "");
}

}  // namespace
}  // namespace lacathode
