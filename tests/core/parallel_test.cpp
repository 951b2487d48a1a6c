#include "lacathode/core/parallel.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

using Blocks = std::set<std::pair<std::size_t, std::size_t>>;

Blocks blocks(std::size_t count, std::size_t block, int threads) {
    Blocks seen;
    std::mutex mutex;
    parallel_blocks(count, block, threads, [&](std::size_t begin, std::size_t end) {
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(seen.emplace(begin, end).second) << "block " << begin << " came twice";
    });
    return seen;
}

TEST(ParallelBlocks, EdgesDoNotDependOnThreads) {
    const Blocks expected = {{0, 4}, {4, 8}, {8, 10}};
    for (const int threads : {-1, 0, 1, 2, 3, 16}) EXPECT_EQ(blocks(10, 4, threads), expected);
    EXPECT_EQ(blocks(8, 4, 2), (Blocks{{0, 4}, {4, 8}}));
    EXPECT_EQ(blocks(3, 100, 2), (Blocks{{0, 3}}));
    EXPECT_TRUE(blocks(0, 4, 2).empty());
}

TEST(ParallelBlocks, EveryItemOnce) {
    std::vector<int> visits(100'003, 0);
    parallel_blocks(visits.size(), 17, 4, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) ++visits[i];
    });
    EXPECT_EQ(visits, std::vector<int>(visits.size(), 1));
}

TEST(ParallelBlocks, RethrowsAndStops) {
    for (const int threads : {1, 4}) {
        std::atomic<int> calls{0};
        const auto work = [&](std::size_t begin, std::size_t) {
            ++calls;
            if (begin == 3) throw InputError("row 3 is bad");
        };
        EXPECT_THROW(parallel_blocks(1'000'000, 1, threads, work), InputError);
        EXPECT_LT(calls.load(), 1'000'000);
    }
    EXPECT_THROW(parallel_blocks(1, 0, 1, [](std::size_t, std::size_t) {}), ContractViolation);
    EXPECT_GE(available_cores(), 1);
}

// Where the process may have no more threads; root first becomes somebody who is limited.
TEST(ParallelBlocks, TooManyThreadsAreAnErrorOfTheSettings) {
    const auto too_many = [] {
        if (geteuid() == 0 && setuid(65534) != 0) _exit(3);
        const rlimit few{1, 1};
        setrlimit(RLIMIT_NPROC, &few);
        try {
            parallel_blocks(4, 1, 4, [](std::size_t, std::size_t) {});
        } catch (const UsageError& error) {
            const std::string message = error.what();
            _exit(message.find("common.threads") != std::string::npos ? 0 : 2);
        }
        _exit(1);
    };
    EXPECT_EXIT(too_many(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace lacathode
