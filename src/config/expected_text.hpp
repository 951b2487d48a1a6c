// What is expected in place of a value that does not fit.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "lacathode/config/field.hpp"

namespace lacathode::config::detail {

template <class T>
const char* expected_text() {
    if constexpr (std::is_same_v<T, bool>) return "expected true or false";
    if constexpr (std::is_same_v<T, int>) return "expected an integer";
    if constexpr (std::is_same_v<T, std::size_t>) return "expected a non-negative integer";
    if constexpr (std::is_same_v<T, double>) return "expected a number";
    if constexpr (std::is_same_v<T, std::string>) return "expected a string";
    if constexpr (std::is_same_v<T, std::vector<std::string>>) return "expected a list of strings";
    if constexpr (std::is_same_v<T, std::vector<double>>) return "expected a list of numbers";
    if constexpr (std::is_same_v<T, std::vector<std::size_t>>)
        return "expected a list of non-negative integers";
    if constexpr (std::is_same_v<T, Texts>) return "expected an object of names and strings";
    if constexpr (std::is_same_v<T, FilePatterns>)
        return "expected a path as a string, or a list of paths";
    if constexpr (std::is_same_v<T, Variations>)
        return "expected a list of objects {NAME: {SECTION: {KEY: VALUE}}}";
    return "expected an object of names and numbers";
}

}  // namespace lacathode::config::detail
