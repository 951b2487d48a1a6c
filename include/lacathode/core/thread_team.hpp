// A persistent team of threads with a barrier that is cheap when the members run at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace lacathode {

/// Member 0 is the calling thread. Waiting members, at a barrier or between calls of run(), spin
/// for some microseconds and then sleep, so that more members than cores only cost time.
class ThreadTeam {
  public:
    /// `size` >= 1 members. Throws UsageError if the process may not have so many threads.
    explicit ThreadTeam(int size);
    ~ThreadTeam();
    ThreadTeam(const ThreadTeam&) = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return members_.size() + 1; }
    /// Calls work(member) on every member and returns when all are done. `work` must not throw.
    void run(const std::function<void(std::size_t member)>& work);
    /// A barrier in two halves, only within run(): a member arrives, may do what needs no other
    /// member's work since the last barrier, and waits until all have arrived.
    [[nodiscard]] std::uint32_t arrive() noexcept;
    void wait(std::uint32_t arrival) noexcept;
    void barrier() noexcept { wait(arrive()); }

  private:
    void member_loop(std::size_t member);
    void stop() noexcept;

    std::vector<std::thread> members_;
    const std::function<void(std::size_t)>* work_ = nullptr;
    alignas(64) std::atomic<std::uint32_t> task_{0};
    alignas(64) std::atomic<std::uint32_t> arrived_{0};
    alignas(64) std::atomic<std::uint32_t> generation_{0};
    std::atomic<int> waker_core_{-1};  ///< where who ended the last wait was running
    bool stop_ = false;
};

/// The part of [0, count) that belongs to `member` of `members`, in nearly equal contiguous shares.
struct Share {
    std::size_t begin;
    std::size_t end;
};
constexpr Share share_of(std::size_t count, std::size_t member, std::size_t members) {
    return {count * member / members, count * (member + 1) / members};
}

}  // namespace lacathode
