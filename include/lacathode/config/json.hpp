// Configuration files and summaries as JSON.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lacathode/config/field.hpp"

namespace lacathode {

/// Reads a configuration file: an object with one object a section. Sections that are not in
/// `sections` but in `known_sections` are somebody else's and skipped. Files that it names become
/// relative to the working directory (those of a pipe are it already). Returns all problems, with
/// file, key and remedy: any other section, unknown keys, values of a wrong type. Throws InputError
/// if the file cannot be read, and UsageError with line and column if it is not JSON: then nothing
/// is known of its values.
std::vector<std::string> read_config(const std::string& path, std::span<const Section> sections,
                                     std::span<const std::string> known_sections);

/// Sets the keys that the alternative names. Returns all problems: unknown sections and keys,
/// values of a wrong type.
std::vector<std::string> apply_alternative(const Alternative& alternative,
                                           std::span<const Section> sections);

/// The sections as a JSON object, keys in declared order. indent < 0: one line.
std::string to_json(std::span<const Section> sections, int indent = 2);

/// The keys that differ between two configurations (to_json of sections, one line each), as
/// "SECTION.KEY (was VALUE, is VALUE)"; "absent" is a value too. Of anything else than
/// configurations it is empty.
std::vector<std::string> differing_keys(const std::string& was, const std::string& is);

/// Every key as JSON: {section: [{key, unit, default, values, help}]}, for the documentation.
std::string reference_json(std::span<const Section> sections);

/// What a stage has to say when it is done, in order.
using SummaryValue = std::variant<std::int64_t, double, std::string>;
using Summary = std::vector<std::pair<std::string, SummaryValue>>;

/// One JSON object; doubles that are not finite become null.
std::string to_json(const Summary& summary);
/// Aligned "name  value" lines for people.
std::string to_text(const Summary& summary);

}  // namespace lacathode
