#include "lacathode/core/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace lacathode {
namespace {

std::string of_digits(double number, int digits) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*g", digits, number);
    return text;
}

}  // namespace

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) text += separator;
        text += parts[i];
    }
    return text;
}

std::vector<std::string> split_at_commas(std::string_view text) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        parts.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::string two_digits(std::size_t number) {
    const std::string digits = std::to_string(number);
    return digits.size() < 2 ? "0" + digits : digits;
}

std::string rounded_up(double bound, int digits) {
    constexpr double rounding = 1e-12;  // the double of 0.07 lies above it
    const std::string nearest = of_digits(bound, digits);
    const double told = std::strtod(nearest.c_str(), nullptr);
    if (told >= bound * (1 - rounding)) return nearest;
    return of_digits(told + std::pow(10, std::floor(std::log10(bound)) - digits + 1), digits);
}

}  // namespace lacathode
