// Where the files lie that a configuration file names.
#pragma once

#include <filesystem>
#include <string>

namespace lacathode::config::detail {

class FilePlaces {
  public:
    /// Of the configuration file at `path`. What comes through a pipe, or from a file that the
    /// shell redirects (/dev/stdin), has no place of its own: its paths are relative to the working
    /// directory.
    explicit FilePlaces(const std::string& path);

    /// A path or pattern of the configuration file as one relative to the working directory.
    [[nodiscard]] std::string resolved(const std::string& pattern) const;

  private:
    std::filesystem::path directory_;
};

}  // namespace lacathode::config::detail
