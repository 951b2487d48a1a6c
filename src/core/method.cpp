#include "lacathode/core/method.hpp"

#include <algorithm>

namespace lacathode {
namespace {

constexpr MethodInfo table[] = {
    {.method = Method::lacathode,
     .name = "lacathode",
     .title = "LaCATHODE",
     .space = Space::latent,
     .background = Background::normal,
     .needs_labels = false,
     .needs_extra_background = false},
    {.method = Method::cathode,
     .name = "cathode",
     .title = "CATHODE",
     .space = Space::features,
     .background = Background::sampled,
     .needs_labels = false,
     .needs_extra_background = false},
};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < std::size(table); ++i) {
        if (static_cast<std::size_t>(table[i].method) != i) return false;
    }
    return true;
}
static_assert(is_in_order(), "info() finds a method by its number");

}  // namespace

std::span<const MethodInfo> methods() {
    return table;
}

const MethodInfo& info(Method method) {
    return table[static_cast<std::size_t>(method)];
}

std::string method_name(Method method) {
    return std::string(info(method).name);
}

std::vector<std::string> method_names() {
    std::vector<std::string> names;
    for (const MethodInfo& row : table) names.emplace_back(row.name);
    return names;
}

std::optional<Method> find_method(std::string_view name) {
    const auto* found = std::ranges::find(table, name, &MethodInfo::name);
    if (found == std::end(table)) return std::nullopt;
    return found->method;
}

}  // namespace lacathode
