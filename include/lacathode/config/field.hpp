// One configuration key: declared once, it becomes a JSON key, a command-line option and a line of
// help.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

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

/// The value a key stands for; pointers into the config struct that declared it.
using FieldValue = std::variant<bool*, int*, std::size_t*, double*, std::string*,
                                std::vector<std::string>*, std::vector<double>*,
                                std::vector<std::size_t>*, std::map<std::string, double>*, Choice>;

struct Field {
    std::string key;   ///< JSON key in snake_case; the option is --key with dashes
    std::string unit;  ///< "TeV", "events", ...; empty for names and switches
    std::string help;  ///< one sentence
    FieldValue value;
};

/// The keys of one stage: one object of the configuration file.
struct Section {
    std::string name;
    std::vector<Field> fields;
};

/// The value as JSON text, e.g. `0.1`, `"cpu"`, `["m_j1"]`.
std::string value_text(const Field& field);

/// Sets the value from command-line text: JSON, or bare words, lists with commas, maps as
/// name=number,... Throws UsageError naming key, text and what is expected.
void set_from_text(const Field& field, const std::string& text);

}  // namespace lacathode
