// What a file must say that it is.
#pragma once

#include <string>
#include <vector>

#include "io/hdf5.hpp"
#include "lacathode/io/file_format.hpp"

namespace lacathode::io::detail {

/// The formats that a reader takes, at least one.
class AcceptedFormats {
  public:
    explicit AcceptedFormats(std::vector<FileFormat> formats);

    /// The format that the open file at `path` says it has. Throws InputError if it is none of
    /// these or of a version that is not read, Hdf5Error if the attributes cannot be read.
    [[nodiscard]] FileFormat check(const std::string& path, hid_t file) const;

    /// "expected a FORMAT file, as TOOL writes it".
    [[nodiscard]] std::string expected() const;

  private:
    [[nodiscard]] FileFormat check_format(const std::string& path, hid_t file) const;
    void check_version(const std::string& path, hid_t file) const;

    std::vector<FileFormat> formats_;
};

}  // namespace lacathode::io::detail
