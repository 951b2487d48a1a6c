// Where a text is not JSON, and what should be there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lacathode::config::detail {

/// "line 3, column 7" of a byte of the text, counted from 1; columns are characters.
std::string place_text(std::string_view text, std::size_t byte);

/// "line 3, column 7: unexpected '}', expected a key in double quotes", from what the JSON library
/// says of the byte where it stopped.
std::string syntax_problem(std::string_view text, std::size_t byte, std::string_view message);

}  // namespace lacathode::config::detail
