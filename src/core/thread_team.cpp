#include "lacathode/core/thread_team.hpp"

#if defined(__linux__)
#include <sched.h>
#endif

#include <system_error>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

/// Some 150 microseconds: longer than members that run at once wait for one another, and than one
/// takes to move to another core.
constexpr int spins_before_sleep = 10000;

void pause_briefly() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

int current_core() noexcept {
#if defined(__linux__)
    return sched_getcpu();
#else
    return -1;
#endif
}

/// Moves the calling thread to any other core, once; it stays free to go anywhere.
void leave_core(int core) noexcept {
#if defined(__linux__)
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    cpu_set_t others = allowed;
    CPU_CLR(core, &others);
    if (CPU_COUNT(&others) == 0) return;
    if (sched_setaffinity(0, sizeof others, &others) == 0) {
        (void)sched_setaffinity(0, sizeof allowed, &allowed);
    }
#else
    (void)core;
#endif
}

/// Spins, then sleeps, until `value` is no longer `old`. A sleeper comes back sooner on a busy
/// machine than one that has spent its share of the core on waiting. But it is woken on its waker's
/// core more often than not, and two members that take turns on one core look to the scheduler like
/// a single thread, while another core is idle: so it leaves.
void wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old,
                     const std::atomic<int>& waker_core) noexcept {
    for (int i = 0; i < spins_before_sleep; ++i) {
        if (value.load(std::memory_order_acquire) != old) return;
        pause_briefly();
    }
    value.wait(old, std::memory_order_acquire);
    const int core = current_core();
    if (core >= 0 && core == waker_core.load(std::memory_order_relaxed)) leave_core(core);
}

}  // namespace

ThreadTeam::ThreadTeam(int size) {
    try {
        for (int member = 1; member < size; ++member) {
            members_.emplace_back(
                [this, member] { member_loop(static_cast<std::size_t>(member)); });
        }
    } catch (const std::system_error& error) {
        const std::size_t started = members_.size() + 1;
        stop();
        throw UsageError(concat("common.threads = ", size, ": this process may have ", started,
                                " threads of them only (", error.what(),
                                "): use fewer, or raise the limit (ulimit -u)"));
    }
}

ThreadTeam::~ThreadTeam() {
    stop();
}

void ThreadTeam::stop() noexcept {
    stop_ = true;
    task_.fetch_add(1, std::memory_order_release);
    task_.notify_all();
    for (std::thread& member : members_) member.join();
}

void ThreadTeam::run(const std::function<void(std::size_t)>& work) {
    if (members_.empty()) return work(0);
    work_ = &work;
    waker_core_.store(current_core(), std::memory_order_relaxed);
    task_.fetch_add(1, std::memory_order_release);
    task_.notify_all();
    work(0);
    barrier();
}

std::uint32_t ThreadTeam::arrive() noexcept {
    const std::uint32_t generation = generation_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) == members_.size()) {
        arrived_.store(0, std::memory_order_relaxed);
        waker_core_.store(current_core(), std::memory_order_relaxed);
        // In sequence with the count of waiters that notify_all reads: a store that it overtakes
        // would leave a member asleep.
        generation_.store(generation + 1, std::memory_order_seq_cst);
        generation_.notify_all();
    }
    return generation;
}

void ThreadTeam::wait(std::uint32_t arrival) noexcept {
    wait_for_change(generation_, arrival, waker_core_);
}

void ThreadTeam::member_loop(std::size_t member) {
    std::uint32_t seen = 0;
    while (true) {
        wait_for_change(task_, seen, waker_core_);
        ++seen;
        if (stop_) return;
        (*work_)(member);
        barrier();
    }
}

}  // namespace lacathode
