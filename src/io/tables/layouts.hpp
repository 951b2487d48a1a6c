// The layouts of tables that ColumnTable::open knows, one function each. `key` is a full HDF5
// path. All throw InputError if the object is not a table of that layout after all.
#pragma once

#include <memory>
#include <string>

#include "io/tables/foreign_file.hpp"
#include "lacathode/io/column_table.hpp"

namespace lacathode::io::detail {

std::unique_ptr<ColumnTable> open_pandas_fixed(ForeignFile file, const std::string& key);
std::unique_ptr<ColumnTable> open_pandas_table(ForeignFile file, const std::string& key);
std::unique_ptr<ColumnTable> open_record_dataset(ForeignFile file, const std::string& key);
std::unique_ptr<ColumnTable> open_column_group(ForeignFile file, const std::string& key);
std::unique_ptr<ColumnTable> open_csv(const std::string& path);

}  // namespace lacathode::io::detail
