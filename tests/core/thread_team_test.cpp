#include "lacathode/core/thread_team.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <string>
#include <thread>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

TEST(ThreadTeam, EveryMemberWorksOnce) {
    ThreadTeam team(5);
    std::vector<int> calls(5);
    for (int run = 0; run < 100; ++run) team.run([&](std::size_t member) { ++calls[member]; });
    EXPECT_EQ(calls, std::vector<int>(5, 100));
}

// Where the process may have no more threads; root first becomes somebody who is limited.
TEST(ThreadTeam, TooManyAreAnErrorOfTheSettings) {
    const auto too_many = [] {
        if (geteuid() == 0 && setuid(65534) != 0) _exit(3);
        const rlimit few{1, 1};
        setrlimit(RLIMIT_NPROC, &few);
        try {
            ThreadTeam team(4);
        } catch (const UsageError& error) {
            const std::string message = error.what();
            _exit(message.find("common.threads = 4") != std::string::npos ? 0 : 2);
        }
        _exit(1);
    };
    EXPECT_EXIT(too_many(), testing::ExitedWithCode(0), "");
}

TEST(ThreadTeam, BarrierSeparatesThePhases) {
    constexpr std::size_t members = 4;  // more than the cores of many machines
    ThreadTeam team(members);
    std::vector<std::size_t> values(members);
    std::vector<std::size_t> failures(members);
    team.run([&](std::size_t member) {
        for (std::size_t phase = 1; phase <= 500; ++phase) {
            values[member] = phase;
            team.barrier();
            const std::size_t sum = std::accumulate(values.begin(), values.end(), std::size_t{0});
            if (sum != members * phase) ++failures[member];
            team.barrier();
        }
    });
    EXPECT_EQ(failures, std::vector<std::size_t>(members, 0));
}

TEST(ThreadTeam, ArrivingWaitsForNobody) {
    ThreadTeam team(2);
    std::atomic<bool> has_arrived{false};
    bool arrived_alone = false;
    team.run([&](std::size_t member) {
        if (member == 0) {
            const std::uint32_t arrival = team.arrive();
            has_arrived = true;
            team.wait(arrival);
        } else {
            const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
            while (!has_arrived && std::chrono::steady_clock::now() < end) {
                std::this_thread::yield();
            }
            arrived_alone = has_arrived;
            team.barrier();
        }
    });
    EXPECT_TRUE(arrived_alone);
}

TEST(ThreadTeam, AnIdleTeamWakesUpAgain) {
    ThreadTeam team(3);
    int sum = 0;
    for (int run = 0; run < 3; ++run) {
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        team.run([&](std::size_t member) {
            if (member == 0) ++sum;
        });
    }
    EXPECT_EQ(sum, 3);
}

TEST(Share, PartsCoverTheWholeInOrder) {
    for (const std::size_t count : {0U, 1U, 7U, 64U}) {
        std::size_t end = 0;
        for (std::size_t member = 0; member < 5; ++member) {
            EXPECT_EQ(share_of(count, member, 5).begin, end);
            end = share_of(count, member, 5).end;
        }
        EXPECT_EQ(end, count);
    }
}

}  // namespace
}  // namespace lacathode
