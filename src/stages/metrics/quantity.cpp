#include "lacathode/stages/metrics/quantity.hpp"

#include <algorithm>
#include <cstdio>
#include <variant>

#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

constexpr const char* low_suffix = "_low";
constexpr const char* high_suffix = "_high";
constexpr const char* counting_error_suffix = "_counting_error";

// Smaller values are no more than that the distribution's tail is thin there.
constexpr double smallest_p = 1e-300;

std::string formatted(const char* format, double value) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

}  // namespace

Quantity p_value_quantity(const std::string& name, double p) {
    return {.name = name, .value = std::max(p, smallest_p), .at_most = p <= smallest_p};
}

std::string text_of(const Quantity& quantity) {
    std::string text = quantity.at_most ? concat("< ", rounded_up(quantity.value, 4))
                                        : formatted("%.4g", quantity.value);
    if (quantity.band && quantity.band->low < quantity.band->high) {
        text += concat(" [", formatted("%.4g", quantity.band->low), ", ",
                       formatted("%.4g", quantity.band->high), "]");
    }
    if (quantity.counting_error) text += " +- " + formatted("%.2g", *quantity.counting_error);
    return text;
}

Summary summary_of(const std::vector<Quantity>& quantities) {
    Summary summary;
    for (const Quantity& quantity : quantities) {
        summary.emplace_back(quantity.name, quantity.value);
        if (quantity.band) {
            summary.emplace_back(quantity.name + low_suffix, quantity.band->low);
            summary.emplace_back(quantity.name + high_suffix, quantity.band->high);
        }
        if (quantity.counting_error) {
            summary.emplace_back(quantity.name + counting_error_suffix, *quantity.counting_error);
        }
    }
    return summary;
}

void write_quantities(OutputFile& file, const std::vector<Quantity>& quantities) {
    for (const auto& [name, value] : summary_of(quantities))
        file.set_attribute("/", name, std::get<double>(value));
}

void read_quantities(const InputFile& file, std::vector<Quantity>& quantities) {
    for (Quantity& quantity : quantities) {
        const auto number = [&](const char* of) {
            return file.double_attribute("/", quantity.name + of);
        };
        quantity.value = number("");
        if (quantity.band) quantity.band = Quantity::Band{number(low_suffix), number(high_suffix)};
        if (quantity.counting_error) quantity.counting_error = number(counting_error_suffix);
    }
}

}  // namespace lacathode
