// The kinds of file of this project (docs/formats.md) and what attributes may hold.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace lacathode {

enum class FileFormat { events, latent, scores, flow, classifier, metrics, study, training };

/// All that there are.
std::vector<FileFormat> all_formats();

/// "lacathode.events", ...: the value of the root attribute `format`.
std::string format_name(FileFormat format);

/// Lengths of an array's axes, slowest first; empty: one number.
using Shape = std::vector<std::size_t>;

using AttributeValue = std::variant<std::string, double, std::int64_t, std::uint64_t>;

struct Attribute {
    std::string name;
    AttributeValue value;
    bool operator==(const Attribute&) const = default;
};
using Attributes = std::vector<Attribute>;

/// The element types that files hold: float, double, int8, uint8, int64, uint64 and nothing else.
template <class T>
concept FileElement = std::same_as<T, float> || std::same_as<T, double> ||
    std::same_as<T, std::int8_t> || std::same_as<T, std::uint8_t> ||
    std::same_as<T, std::int64_t> || std::same_as<T, std::uint64_t>;

}  // namespace lacathode
