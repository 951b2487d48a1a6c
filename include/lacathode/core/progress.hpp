// Progress of long work: a bar on a terminal, a log line a minute elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace lacathode {

/// While one lives, Progress objects of this thread print nothing: for several trainings side by
/// side.
class MutedProgress {
  public:
    MutedProgress();
    ~MutedProgress();
    MutedProgress(const MutedProgress&) = delete;
    MutedProgress& operator=(const MutedProgress&) = delete;
};

class Progress {
  public:
    /// `total` units of work (epochs, rows); prints nothing until the first update.
    Progress(std::string title, std::uint64_t total);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// `done` units were done before, by another process: the time left is told by the others.
    void go_on_from(std::uint64_t done) { before_ = done_ = done; }
    /// `done` of `total` units are done; `note` (losses, say) is shown behind time left.
    void update(std::uint64_t done, const std::string& note = {});
    /// `more` units are done.
    void add(std::uint64_t more) { update(done_ + more); }

  private:
    using Clock = std::chrono::steady_clock;
    std::string title_;
    std::uint64_t total_;
    std::uint64_t done_ = 0;
    std::uint64_t before_ = 0;
    Clock::time_point start_ = Clock::now();
    Clock::time_point last_shown_ = start_;
    bool terminal_;
    bool drawn_ = false;
};

}  // namespace lacathode
