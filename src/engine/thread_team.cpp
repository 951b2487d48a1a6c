#include "engine/thread_team.hpp"

namespace lacathode::detail {
namespace {

/// Some 20 microseconds: longer than members that run at once wait for one another.
constexpr int spins_before_yielding = 2000;
/// Some milliseconds. A member that sleeps is woken on its waker's core more often than not, and two
/// that take turns on one core look to the scheduler like a single thread, while a core is idle; two
/// that are ready to run are soon given a core each.
constexpr int yields_before_sleep = 5000;

void pause_briefly() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

/// Spins, then yields, then sleeps, until `value` is no longer `old`. A sleeper comes back sooner on
/// a busy machine than one that has spent its share of the core on waiting.
void wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) noexcept {
    for (int i = 0; i < spins_before_yielding; ++i) {
        if (value.load(std::memory_order_acquire) != old) return;
        pause_briefly();
    }
    for (int i = 0; i < yields_before_sleep; ++i) {
        if (value.load(std::memory_order_acquire) != old) return;
        std::this_thread::yield();
    }
    value.wait(old, std::memory_order_acquire);
}

}  // namespace

ThreadTeam::ThreadTeam(int size) {
    for (int member = 1; member < size; ++member) {
        members_.emplace_back([this, member] { member_loop(static_cast<std::size_t>(member)); });
    }
}

ThreadTeam::~ThreadTeam() {
    stop_ = true;
    task_.fetch_add(1, std::memory_order_release);
    task_.notify_all();
    for (std::thread& member : members_) member.join();
}

void ThreadTeam::run(const std::function<void(std::size_t)>& work) {
    if (members_.empty()) return work(0);
    work_ = &work;
    task_.fetch_add(1, std::memory_order_release);
    task_.notify_all();
    work(0);
    barrier();
}

void ThreadTeam::barrier() noexcept {
    if (members_.empty()) return;
    const std::uint32_t generation = generation_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) == members_.size()) {
        arrived_.store(0, std::memory_order_relaxed);
        generation_.store(generation + 1, std::memory_order_release);
        generation_.notify_all();
        return;
    }
    wait_for_change(generation_, generation);
}

void ThreadTeam::member_loop(std::size_t member) {
    std::uint32_t seen = 0;
    while (true) {
        wait_for_change(task_, seen);
        ++seen;
        if (stop_) return;
        (*work_)(member);
        barrier();
    }
}

}  // namespace lacathode::detail
