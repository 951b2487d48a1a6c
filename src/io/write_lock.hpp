// One writer at a time for each output.
#pragma once

#include <string>

#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {

/// The right to write `target`, held from the checks to the rename. It is a lock (flock) on the
/// file .NAME.lock beside the target, so it ends with its process however that dies; another thread
/// of this process is another writer too. The file says who writes under which temporary name.
/// Where the file system has no locks the file is written all the same, and protects nothing.
class WriteLock {
  public:
    /// Whether somebody writes `target`, or was killed doing so.
    static bool has_file(const std::string& target) noexcept;

    /// Throws, at once, OutputBusy if another writer holds it and OutputError if something else is
    /// in its place.
    explicit WriteLock(std::string target);
    ~WriteLock();
    WriteLock(const WriteLock&) = delete;
    WriteLock& operator=(const WriteLock&) = delete;

    /// Name, without directory, of what a writer that was killed left behind; empty if there was
    /// none.
    [[nodiscard]] const std::string& left_behind() const noexcept { return left_behind_; }

    /// Writes down that this process writes the file `name` (without directory). Throws
    /// OutputError.
    void announce(const std::string& name);

    /// Ends it and removes its file; the destructor does so too.
    void release() noexcept;

  private:
    /// False if the file was removed by its last holder in the meantime.
    bool acquire();
    /// Throws Problem.
    template <class Problem = OutputError>
    [[noreturn]] void refuse(const std::string& problem);

    std::string target_;
    std::string path_;
    std::string left_behind_;
    int descriptor_ = -1;
};

}  // namespace lacathode::io::detail
