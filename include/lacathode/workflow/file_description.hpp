// What a file is, for somebody who has found it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lacathode/config/json.hpp"
#include "lacathode/core/event_table.hpp"
#include "lacathode/core/provenance.hpp"
#include "lacathode/io/file_format.hpp"
#include "lacathode/io/shared_groups.hpp"

namespace lacathode {

/// An input of the past, as it is found now.
enum class InputState {
    same,     ///< with the content that was read
    changed,  ///< with another content, or damaged
    missing   ///< nothing can be read under its path
};
std::string state_name(InputState state);

struct TracedInput {
    InputRecord record;
    InputState state;
    std::string format;               ///< "lacathode.flow"; empty: none of ours, or not the same
    bool is_above = false;            ///< its own inputs are in the list already, further up
    std::vector<TracedInput> inputs;  ///< that it was made from itself
};

/// A file of this project.
struct FileDescription {
    std::string format;  ///< "lacathode.events"
    std::int64_t version;
    bool is_sealed;
    Attributes attributes;            ///< of the file itself, without format and version
    std::optional<std::size_t> rows;  ///< of a table of events
    std::vector<Column> columns;      ///< of a table of events, or the inputs of a model
    Counts counts;
    Summary results;  ///< of an evaluation; of a model: epochs or trees
    Provenance provenance;
    std::vector<TracedInput> inputs;  ///< by their recorded paths, from the present directory
};

/// A table of somebody else's.
struct TableDescription {
    std::string layout;  ///< "pandas fixed, key 'df'", "CSV"
    std::size_t rows;
    std::vector<std::string> columns;
};

/// Reads all of a file of ours, seal and content hash included, and what is left of its inputs;
/// nothing if it is a file of somebody else's. Throws InputError if it is damaged or cannot be
/// read.
std::optional<FileDescription> describe_own_file(const std::string& path);

/// All tables in any other file that lacathode-prepare reads. Throws InputError if there is none.
std::vector<TableDescription> describe_tables(const std::string& path);

}  // namespace lacathode
