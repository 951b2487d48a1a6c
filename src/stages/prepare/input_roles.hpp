// The roles that stage prepare gives its input files, by which an export finds them again in the
// provenance of an events file.
#pragma once

#include <cstddef>
#include <string>

#include "lacathode/core/text.hpp"

namespace lacathode {

inline constexpr const char* events_role = "events";
inline constexpr const char* extra_background_role = "extra_background";

/// Of the files of one role, counted from 1: ROLE, ROLE_2, ROLE_3, ...
inline std::string numbered_role(const std::string& role, std::size_t number) {
    return number == 1 ? role : concat(role, '_', number);
}

}  // namespace lacathode
