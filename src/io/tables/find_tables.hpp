// The tables in an HDF5 file.
#pragma once

#include <string>
#include <vector>

#include "io/tables/foreign_file.hpp"

namespace lacathode::io::detail {

enum class TableLayout { pandas_fixed, pandas_table, records, columns, none };

struct FoundTable {
    std::string key;  ///< full path
    TableLayout layout;
};

/// The layout of the object at that path.
TableLayout layout_at(const ForeignFile& file, const std::string& key);

/// All tables, in the order of their paths; nothing inside a table counts again.
std::vector<FoundTable> find_tables(const ForeignFile& file);

}  // namespace lacathode::io::detail
