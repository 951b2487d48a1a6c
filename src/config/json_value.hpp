// A field's value from JSON text, without JSON types.
#pragma once

#include <string>

#include "lacathode/config/field.hpp"

namespace lacathode::config::detail {

/// Sets the value from JSON text; returns what is wrong, or an empty string.
std::string set_from_json(const Field& field, const std::string& json_text);

}  // namespace lacathode::config::detail
