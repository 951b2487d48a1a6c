// Files named after what they hold, so that equal steps of several chains share one.
#pragma once

#include <map>
#include <string>

#include "workflow/step.hpp"

namespace lacathode {

/// The files of a directory, STAGE_HASH.h5: of the stage, the version of its algorithm, its
/// settings and choices, and the contents of its inputs (of a file that is yet to be made: its
/// name).
class SharedFiles {
  public:
    explicit SharedFiles(std::string directory) : directory_(std::move(directory)) {}

    /// The path for the step's output. The files that it reads and that are shared too must have
    /// their paths in it. Throws InputError for another input that cannot be read.
    [[nodiscard]] std::string path_of(const Step& step);

  private:
    [[nodiscard]] std::string identity_of(const std::string& input);

    std::string directory_;
    std::map<std::string, std::string> hashes_;  ///< by path, of the inputs from outside
};

}  // namespace lacathode
