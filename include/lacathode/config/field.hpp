// One configuration key: declared once, it becomes a JSON key, a command-line option, a line of
// help, a row of the reference and a check of its values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "lacathode/config/variations.hpp"

namespace lacathode {

/// A value out of a fixed list of names.
struct Choice {
    std::vector<std::string> names;
    std::function<std::size_t()> get;      ///< position of the present value in names
    std::function<void(std::size_t)> set;  ///< position of the new one
};

/// Makes a Choice of an enum whose values are 0, 1, ... in the order of `names`.
template <class Enum>
Choice choice(Enum& value, std::vector<std::string> names) {
    return {std::move(names), [&value] { return static_cast<std::size_t>(value); },
            [&value](std::size_t position) { value = static_cast<Enum>(position); }};
}

/// Several values out of a fixed list of names.
struct Choices {
    std::vector<std::string> names;
    std::function<std::vector<std::size_t>()> get;
    std::function<void(const std::vector<std::size_t>&)> set;
};

/// Makes Choices of a list of an enum whose values are 0, 1, ... in the order of `names`.
template <class Enum>
Choices choices(std::vector<Enum>& values, std::vector<std::string> names) {
    const auto get = [&values] {
        std::vector<std::size_t> positions;
        for (const Enum value : values) positions.push_back(static_cast<std::size_t>(value));
        return positions;
    };
    const auto set = [&values](const std::vector<std::size_t>& positions) {
        values.clear();
        for (const std::size_t position : positions) values.push_back(static_cast<Enum>(position));
    };
    return {std::move(names), get, set};
}

/// Files to read, as a user names them: paths, and patterns of them ("part_*.h5"). A configuration
/// file names them relative to itself; read here, they are relative to the working directory.
struct FilePatterns {
    std::vector<std::string> patterns;  ///< none of them empty

    [[nodiscard]] bool empty() const noexcept { return patterns.empty(); }
    /// For messages: "a.h5, part_*.h5".
    [[nodiscard]] std::string text() const;
};

/// Name to text.
using Texts = std::map<std::string, std::string>;

/// The value a key stands for; pointers into the config struct that declared it.
using FieldValue =
    std::variant<bool*, int*, std::size_t*, double*, std::string*, std::vector<std::string>*,
                 std::vector<double>*, std::vector<std::size_t>*, std::map<std::string, double>*,
                 Texts*, FilePatterns*, Variations*, Choice, Choices>;

/// The numbers that a key may hold (each of a list); never NaN or infinite.
struct Range {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    bool excludes_edges = false;  ///< low and high themselves do not belong

    [[nodiscard]] bool contains(double value) const;
    /// "positive", "at least 2", "1 to 100", "between 0 and 1 (excluded)", "finite".
    [[nodiscard]] std::string text() const;

    static Range positive(double high = std::numeric_limits<double>::infinity()) {
        return {0, high, true};
    }
    static Range at_least(double low) { return {.low = low}; }
    static Range within(double low, double high) { return {low, high, false}; }
    /// 0 < value < 1
    static Range fraction() { return {0, 1, true}; }
    /// A count of `low` and more, up to what no machine of today could hold.
    static Range count(double low = 1) { return {low, 1e12, false}; }
};

struct Field {
    std::string key;   ///< JSON key in snake_case; the option is --key with dashes
    std::string unit;  ///< "TeV", "events", ...; empty for names and switches
    std::string help;  ///< one sentence
    FieldValue value;
    Range range = {};         ///< of numbers and of each number in a list
    std::string former = {};  ///< the key's name in earlier versions, which is still understood
};

/// The keys of one stage: one object of the configuration file.
struct Section {
    std::string name;
    std::vector<Field> fields;
};

/// The field of that key or former key; null if there is none.
const Field* find_field(const Section& section, const std::string& key);

/// The value as JSON text, e.g. `0.1`, `"cpu"`, `["m_j1"]`.
std::string value_text(const Field& field);

/// What the key may hold, for people: "1 to 100", "lacathode, cathode"; empty for texts.
std::string values_text(const Field& field);

/// Sets the value from command-line text: JSON, or bare words, lists with commas, maps as
/// name=value,... Files are one path or pattern, or a list as JSON: their names may hold commas.
/// Throws UsageError naming key, text and what is expected.
void set_from_text(const Field& field, const std::string& text);

/// The same of several texts, as a shell makes them of part_*.h5: only of files there may be more
/// than one.
void set_from_texts(const Field& field, const std::vector<std::string>& texts);

/// Values outside their ranges, one sentence each, key first; empty when all is well.
std::vector<std::string> range_problems(const Section& section);

}  // namespace lacathode
