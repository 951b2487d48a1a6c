// Any JSON value, for what a program has to say in a nested form.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lacathode/config/json.hpp"

namespace lacathode {

/// A truth value, number, text, list, or object whose members keep their order.
class JsonTree {
  public:
    using Items = std::vector<JsonTree>;
    using Members = std::vector<std::pair<std::string, JsonTree>>;
    using Value =
        std::variant<bool, std::int64_t, std::uint64_t, double, std::string, Items, Members>;

    /// An object without members.
    JsonTree() : value_(Members{}) {}
    template <class T>
    requires std::constructible_from<Value, T> JsonTree(T value)
        : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
    JsonTree(const Summary& summary);  // NOLINT(google-explicit-constructor)

    [[nodiscard]] const Value& value() const noexcept { return value_; }

    /// The member of that name of an object, made if it is missing. ContractViolation if this is
    /// no object.
    JsonTree& operator[](const std::string& name);

  private:
    Value value_;
};

/// Indented by two blanks a level; doubles that are not finite become null.
std::string to_json(const JsonTree& tree);

/// The value that a text holds; the text itself if it is not JSON, or nests deeper than 64 levels.
JsonTree parse_json(const std::string& text);

}  // namespace lacathode
