#include "io/tables/layouts.hpp"
#include "io/tables/record_table.hpp"

namespace lacathode::io::detail {

// An array field is no column: its elements have no names.
std::unique_ptr<ColumnTable> open_record_dataset(ForeignFile file, const std::string& key) {
    auto fields = record_fields(file.open_dataset(key).get());
    std::vector<RecordColumn> columns;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].length > 1) fields[i].kind = NumberKind::none;
        columns.push_back({fields[i].name, i, 0});
    }
    std::string description = "HDF5 records, key '" + key + "'";
    return std::make_unique<RecordTable>(std::move(file), key, std::move(description),
                                         std::move(fields), std::move(columns));
}

}  // namespace lacathode::io::detail
