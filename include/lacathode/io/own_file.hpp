// Files of this project told from those of others.
#pragma once

#include <optional>
#include <string>

#include "lacathode/io/input_file.hpp"

namespace lacathode {

/// Whether the file is one of this project, be it whole or damaged: it begins with a seal, or is an
/// HDF5 file with a format of ours. Throws InputError if it cannot be read.
bool is_own_file(const std::string& path);

/// The file if it is one of this project, of any format, and whole. Throws InputError if that
/// cannot be told now: another program has locked it, it cannot be read, or too many files are
/// open.
std::optional<InputFile> open_own_file(const std::string& path);

/// What an input is known by: the content hash of open_own_file, or file_hash of any other file.
/// Throws as they do.
std::string input_hash(const std::string& path);

}  // namespace lacathode
