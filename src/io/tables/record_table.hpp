// A one-dimensional HDF5 dataset of records (compound type) as a table.
#pragma once

#include <string>
#include <vector>

#include "io/tables/foreign_file.hpp"
#include "io/tables/hdf5_columns.hpp"
#include "lacathode/io/column_table.hpp"

namespace lacathode::io::detail {

/// A field of the record.
struct RecordField {
    std::string name;
    NumberKind kind = NumberKind::none;  ///< of its elements
    std::size_t length = 1;              ///< elements; more than one in an array field
};

/// One column: an element of a field.
struct RecordColumn {
    std::string name;
    std::size_t field = 0;
    std::size_t element = 0;
};

std::vector<RecordField> record_fields(hid_t dataset);

class RecordTable final : public ColumnTable {
  public:
    RecordTable(ForeignFile file, const std::string& dataset, std::string description,
                std::vector<RecordField> fields, std::vector<RecordColumn> columns);

  private:
    void read_block(std::size_t first, std::size_t count, std::span<const std::size_t> columns,
                    double* out) override;

    ForeignFile file_;
    Handle dataset_;
    std::vector<RecordField> fields_;
    std::vector<RecordColumn> record_columns_;
};

}  // namespace lacathode::io::detail
