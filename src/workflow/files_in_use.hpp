// What the calls that run in one folder need there: none of them discards it.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lacathode {

/// A file that one process at a time has open (flock), until it closes it or dies. Where the file
/// system has no locks everybody has it at once.
class LockedFile {
  public:
    /// Makes it if it is absent, and waits for it. Throws OutputError, and Interrupted.
    explicit LockedFile(const std::string& path);
    ~LockedFile();
    LockedFile(const LockedFile&) = delete;
    LockedFile& operator=(const LockedFile&) = delete;

  private:
    int descriptor_;
};

/// Whose turn it is in `folder`: one call at a time has it, the file turn in .in_use below it.
/// Throws as LockedFile.
LockedFile turn_in(const std::string& folder);

/// The files of `folder` that this call needs: a list in .in_use below it that is locked as long as
/// the call runs. Calls list what they need, and discard, one at a time. Where the file system has
/// no locks that is not so, and the list of a killed call holds until it is deleted by hand.
class FilesInUse {
  public:
    /// Waits while another call discards: what is there afterwards stays. Throws OutputError.
    FilesInUse(const std::string& folder, const std::set<std::string>& files);
    ~FilesInUse();
    FilesInUse(const FilesInUse&) = delete;
    FilesInUse& operator=(const FilesInUse&) = delete;

    /// From now on only `files` are needed. Calls `discard` with what other calls need. Throws
    /// OutputError.
    void narrow_to(const std::set<std::string>& files,
                   const std::function<void(std::set<std::string>)>& discard);

  private:
    void list(const std::set<std::string>& files) const;
    /// Those of calls that run; others are removed.
    [[nodiscard]] std::vector<std::string> lists_of_others() const;
    [[nodiscard]] std::set<std::string> of_others() const;

    std::string folder_;
    std::string list_;
    std::optional<LockedFile> locked_;
};

}  // namespace lacathode
