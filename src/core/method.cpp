#include "lacathode/core/method.hpp"

#include <algorithm>

namespace lacathode {
namespace {

constexpr MethodInfo table[] = {
    {.method = Method::lacathode,
     .name = "lacathode",
     .title = "LaCATHODE",
     .space = Space::latent,
     .data = Data::signal_region,
     .background = Background::normal},
    {.method = Method::cathode,
     .name = "cathode",
     .title = "CATHODE",
     .space = Space::features,
     .data = Data::signal_region,
     .background = Background::sampled},
    {.method = Method::cwola,
     .name = "cwola",
     .title = "CWoLa Hunting",
     .space = Space::features,
     .data = Data::signal_region,
     .background = Background::strips},
    {.method = Method::anode,
     .name = "anode",
     .title = "ANODE",
     .space = Space::latent,
     .data = Data::signal_region,
     .background = Background::density},
    {.method = Method::idealised,
     .name = "idealised",
     .title = "idealised detector",
     .space = Space::features,
     .data = Data::signal_region,
     .background = Background::truth},
    {.method = Method::supervised,
     .name = "supervised",
     .title = "supervised",
     .space = Space::features,
     .data = Data::labelled_signal,
     .background = Background::truth},
    {.method = Method::double_map,
     .name = "double_map",
     .title = "double map",
     .space = Space::reference_mass,
     .data = Data::signal_region,
     .background = Background::normal},
    {.method = Method::curtains,
     .name = "curtains",
     .title = "CURTAINs-like",
     .space = Space::features,
     .data = Data::signal_region,
     .background = Background::transported},
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

std::vector<std::string> method_names(bool (MethodInfo::*are)() const) {
    std::vector<std::string> names;
    for (const MethodInfo& row : table) {
        if ((row.*are)()) names.emplace_back(row.name);
    }
    return names;
}

std::optional<Method> find_method(std::string_view name) {
    const auto* found = std::ranges::find(table, name, &MethodInfo::name);
    if (found == std::end(table)) return std::nullopt;
    return found->method;
}

}  // namespace lacathode
