// A file on its way to its name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "io/write_lock.hpp"
#include "lacathode/io/output_path.hpp"

namespace lacathode::io::detail {

/// A partial file has a longer name than its target: a dot, random letters and this ending more.
inline constexpr std::string_view partial_ending = ".partial";
inline constexpr std::size_t partial_letters = 8;

/// The directory of a file; "." if the path names none.
std::string parent_of(const std::string& path);

/// A new file NAME.XXXXXXXX.partial (eight random letters) beside `target`, which takes the name
/// once it is complete. It is never one that somebody else made, and no link is followed. It has
/// the mode of the file that it replaces, or `mode` less the umask.
class PartialFile {
  public:
    /// Makes the checks of check_output, takes the lock of the target, removes what a killed writer
    /// of it left and creates the file, empty. Throws OutputError.
    PartialFile(std::string target, Overwrite overwrite, unsigned mode = 0666);
    ~PartialFile();
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    [[nodiscard]] const std::string& target() const noexcept { return target_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// Becomes a copy of that file. Throws OutputError.
    void copy_from(const std::string& path);
    /// Writes its first bytes. Throws OutputError.
    void write_head(std::string_view bytes);
    /// Brings the complete, closed file to the disk and renames it. Throws OutputError.
    void put_in_place();
    /// Removes the file unless it is in place or was kept, and gives up the lock.
    void let_go() noexcept;

  private:
    void create(unsigned mode);
    void set_modes();
    void rename_to_target();
    [[noreturn]] void fail(const std::string& action) const;

    std::string target_;
    std::string name_;
    Overwrite overwrite_;
    WriteLock lock_;
    int descriptor_ = -1;
    unsigned final_mode_ = 0;
    bool done_ = false;
};

}  // namespace lacathode::io::detail
