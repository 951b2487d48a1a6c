#include "engine/thread_team.hpp"

namespace lacathode::detail {
namespace {

constexpr int spins_before_yield = 2000;
constexpr int yields_before_sleep = 200;

void pause_briefly() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

/// Spins, then yields; true once `value` is no longer `old`.
bool changed_soon(const std::atomic<std::uint32_t>& value, std::uint32_t old, int yields) noexcept {
    for (int i = 0; i < spins_before_yield; ++i) {
        if (value.load(std::memory_order_acquire) != old) return true;
        pause_briefly();
    }
    for (int i = 0; i < yields; ++i) {
        if (value.load(std::memory_order_acquire) != old) return true;
        std::this_thread::yield();
    }
    return false;
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
        return;
    }
    while (!changed_soon(generation_, generation, yields_before_sleep)) {
    }
}

void ThreadTeam::member_loop(std::size_t member) {
    std::uint32_t seen = 0;
    while (true) {
        if (!changed_soon(task_, seen, yields_before_sleep)) {
            task_.wait(seen, std::memory_order_acquire);
        }
        ++seen;
        if (stop_) return;
        (*work_)(member);
        barrier();
    }
}

}  // namespace lacathode::detail
