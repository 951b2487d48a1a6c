#include "duration.hpp"

#include <charconv>
#include <string_view>
#include <system_error>

namespace lacathode {

std::optional<std::chrono::seconds> duration_of(const std::string& text) {
    long number = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
    const long seconds = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
    constexpr long most = 1'000'000;
    if (error != std::errc{} || number < 1 || number > most || seconds == 0) return std::nullopt;
    return std::chrono::seconds(number * seconds);
}

}  // namespace lacathode
