// Whether a file may be written under a name.
#pragma once

#include <string>

#include "lacathode/core/errors.hpp"

namespace lacathode {

/// Another writer, here or in another process, has the output.
struct OutputBusy : OutputError {
    using OutputError::OutputError;
};

enum class Overwrite { forbid, allow };

/// Checks, without creating anything, that `path` can be written: its directory exists and is
/// writable, and nothing is there, or a regular file that may be replaced and is not
/// write-protected. A symbolic link there counts as a file, is replaced itself, and what it points
/// to stays as it is. Throws OutputError.
void check_output(const std::string& path, Overwrite overwrite);

/// Removes the unfinished file that a killed writer of `path` left beside it, as the next writer
/// would; nothing while another one writes.
void remove_left_behind(const std::string& path) noexcept;

/// Whether somebody writes `path` now, here or in another process; what a killed writer left is
/// removed first, as by remove_left_behind. False where the file system has no locks.
bool is_being_written(const std::string& path) noexcept;

/// Both paths lead to one file, by whatever links. False if one of them leads to nothing.
bool same_file(const std::string& a, const std::string& b);

}  // namespace lacathode
