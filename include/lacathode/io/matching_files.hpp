// The files that a user means by paths and patterns.
#pragma once

#include <string>
#include <vector>

namespace lacathode {

/// The paths and, in place of a pattern (with `*`, `?` or `[...]`; `\*` is a star), all that match
/// it, sorted by bytes. A path that exists is itself, whatever characters it has. Throws InputError
/// for a pattern that matches nothing; a path without wildcards is not checked.
std::vector<std::string> matching_files(const std::vector<std::string>& patterns);

}  // namespace lacathode
