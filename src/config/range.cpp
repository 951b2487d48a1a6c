#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <type_traits>

#include "lacathode/config/field.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

using NamedNumbers = std::vector<std::pair<std::string, double>>;

template <class T>
NamedNumbers elements(const std::vector<T>& list) {
    NamedNumbers numbers;
    for (std::size_t i = 0; i < list.size(); ++i) {
        numbers.emplace_back(concat('[', i, ']'), static_cast<double>(list[i]));
    }
    return numbers;
}

// The numbers in a field's value, each with what leads to it from the key.
NamedNumbers numbers_of(const FieldValue& field_value) {
    return std::visit(
        [](const auto& value) -> NamedNumbers {
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, int*> || std::is_same_v<Value, std::size_t*> ||
                          std::is_same_v<Value, double*>) {
                return {{"", static_cast<double>(*value)}};
            } else if constexpr (std::is_same_v<Value, std::vector<double>*> ||
                                 std::is_same_v<Value, std::vector<std::size_t>*>) {
                return elements(*value);
            } else if constexpr (std::is_same_v<Value, std::map<std::string, double>*>) {
                NamedNumbers numbers;
                for (const auto& [name, number] : *value) numbers.emplace_back("." + name, number);
                return numbers;
            } else {
                return {};
            }
        },
        field_value);
}

// Of six digits where they tell it, else of as many as do.
std::string number_text(double number) {
    const std::string text = concat(number);
    if (std::strtod(text.c_str(), nullptr) == number) return text;
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return {digits.data(), end};
}

}  // namespace

bool Range::contains(double value) const {
    if (!std::isfinite(value)) return false;
    return excludes_edges ? low < value && value < high : low <= value && value <= high;
}

std::string Range::text() const {
    const bool below = std::isfinite(low);
    const bool above = std::isfinite(high);
    if (!below && !above) return "finite";
    if (excludes_edges && low == 0 && !above) return "positive";
    if (!above)
        return low == 0 ? "0 or more"
                        : concat(excludes_edges ? "above " : "at least ", number_text(low));
    if (!below) return concat(excludes_edges ? "below " : "at most ", number_text(high));
    return excludes_edges
               ? concat("between ", number_text(low), " and ", number_text(high), " (excluded)")
               : concat(number_text(low), " to ", number_text(high));
}

std::vector<std::string> range_problems(const Section& section) {
    Problems found;
    for (const Field& field : section.fields) {
        for (const auto& [part, number] : numbers_of(field.value)) {
            found.unless(field.range.contains(number), section.name, '.', field.key, part, " = ",
                         number_text(number), " must be ", field.range.text());
        }
    }
    return found.take();
}

}  // namespace lacathode
