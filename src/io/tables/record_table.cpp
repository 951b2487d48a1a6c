#include "io/tables/record_table.hpp"

#include <algorithm>
#include <cstring>
#include <map>

#include "io/hdf5_types.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {
namespace {

// libhdf5 copies fields from wherever a damaged type says that they lie.
void check_place(hid_t record, unsigned number, hid_t type, const std::string& name) {
    const std::size_t end = H5Tget_member_offset(record, number) + H5Tget_size(type);
    if (end <= H5Tget_size(record)) return;
    throw Hdf5Error("field '" + name + "' lies outside its record");
}

RecordField field_of(hid_t record, unsigned number) {
    RecordField field;
    char* name = H5Tget_member_name(record, number);
    if (!name) throw Hdf5Error("cannot read the fields of a record");
    field.name = name;
    H5free_memory(name);
    const Handle type = own(H5Tget_member_type(record, number), H5Tclose, "read a field");
    check_place(record, number, type.get(), field.name);
    if (H5Tget_class(type.get()) != H5T_ARRAY) {
        field.kind = number_kind(type.get());
        return field;
    }
    const Handle element = own(H5Tget_super(type.get()), H5Tclose, "read a field");
    field.kind = number_kind(element.get());
    field.length = H5Tget_size(type.get()) / std::max<std::size_t>(1, H5Tget_size(element.get()));
    return field;
}

std::size_t element_bytes(NumberKind kind) {
    return kind == NumberKind::flag ? 1 : sizeof(double);
}

// Truth values stay the single byte that they are; all else becomes float64.
Handle element_in_memory(hid_t stored, NumberKind kind) {
    return own(H5Tcopy(kind == NumberKind::flag ? stored : H5T_NATIVE_DOUBLE), H5Tclose,
               "make a type");
}

Handle memory_type(hid_t record, const RecordField& field) {
    const int number = H5Tget_member_index(record, field.name.c_str());
    const Handle stored =
        own(H5Tget_member_type(record, static_cast<unsigned>(number)), H5Tclose, "read a field");
    if (H5Tget_class(stored.get()) != H5T_ARRAY) return element_in_memory(stored.get(), field.kind);
    const Handle super = own(H5Tget_super(stored.get()), H5Tclose, "read a field");
    const Handle element = element_in_memory(super.get(), field.kind);
    const int rank = check(H5Tget_array_ndims(stored.get()), "read a field");
    std::vector<hsize_t> lengths(static_cast<std::size_t>(rank));
    check(H5Tget_array_dims2(stored.get(), lengths.data()), "read a field");
    return own(H5Tarray_create2(element.get(), static_cast<unsigned>(rank), lengths.data()),
               H5Tclose, "make a type");
}

// Where each needed field lies in a record in memory.
struct MemoryRecord {
    Handle type;
    std::size_t size = 0;
    std::map<std::size_t, std::size_t> offsets;  ///< of fields, by number
};

MemoryRecord memory_record(hid_t stored, const std::vector<RecordField>& fields,
                           const std::vector<std::size_t>& needed) {
    MemoryRecord record;
    for (const auto field : needed) {
        if (!record.offsets.emplace(field, record.size).second) continue;
        record.size += fields[field].length * element_bytes(fields[field].kind);
    }
    record.type = own(H5Tcreate(H5T_COMPOUND, record.size), H5Tclose, "make a record type");
    for (const auto& [field, offset] : record.offsets) {
        const Handle type = memory_type(stored, fields[field]);
        check(H5Tinsert(record.type.get(), fields[field].name.c_str(), offset, type.get()),
              "make a record type");
    }
    return record;
}

double value_at(const std::byte* place, NumberKind kind) {
    if (kind == NumberKind::flag) return static_cast<double>(std::to_integer<int>(*place));
    double value = 0;
    std::memcpy(&value, place, sizeof value);
    return value;
}

}  // namespace

std::vector<RecordField> record_fields(hid_t dataset) {
    const Handle type = own(H5Dget_type(dataset), H5Tclose, "read a type");
    const int count = check(H5Tget_nmembers(type.get()), "read the fields of a record");
    std::vector<RecordField> fields;
    for (int i = 0; i < count; ++i) {
        fields.push_back(field_of(type.get(), static_cast<unsigned>(i)));
    }
    return fields;
}

RecordTable::RecordTable(ForeignFile file, const std::string& dataset, std::string description,
                         std::vector<RecordField> fields, std::vector<RecordColumn> columns)
    : ColumnTable(file.path, std::move(description)),
      file_(std::move(file)),
      dataset_(file_.open_dataset(dataset)),
      fields_(std::move(fields)),
      record_columns_(std::move(columns)) {
    for (const auto& column : record_columns_) columns_.push_back(column.name);
    rows_ = dataset_shape(dataset_.get()).at(0);
    block_rows_ = aligned_rows(dataset_.get());
}

void RecordTable::read_block(std::size_t first, std::size_t count,
                             std::span<const std::size_t> columns, double* out) {
    std::vector<std::size_t> needed;
    for (const auto column : columns) {
        const auto& wanted = record_columns_[column];
        needed.push_back(wanted.field);
        if (fields_[wanted.field].kind == NumberKind::none) {
            file_.fail("(" + description_ + "): column '" + wanted.name +
                       "' does not hold numbers; choose another or convert it");
        }
    }
    if (columns.empty() || count == 0) return;
    const std::string action = "read records (damaged, or integers that float64 cannot hold)";
    try {
        const Handle stored = own(H5Dget_type(dataset_.get()), H5Tclose, action);
        const MemoryRecord record = memory_record(stored.get(), fields_, needed);
        const Handle space = own(H5Dget_space(dataset_.get()), H5Sclose, action);
        const Handle memory = select_rows(space.get(), first, count);
        const Handle transfer = exact_transfer();
        std::vector<std::byte> buffer(count * record.size);
        check(H5Dread(dataset_.get(), record.type.get(), memory.get(), space.get(), transfer.get(),
                      buffer.data()),
              action);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const RecordColumn& column = record_columns_[columns[i]];
            const NumberKind kind = fields_[column.field].kind;
            const std::size_t offset =
                record.offsets.at(column.field) + column.element * element_bytes(kind);
            for (std::size_t row = 0; row < count; ++row) {
                out[row * columns.size() + i] =
                    value_at(buffer.data() + row * record.size + offset, kind);
            }
        }
    } catch (const Hdf5Error& error) {
        file_.fail("(" + description_ + "): " + error.what());
    }
}

}  // namespace lacathode::io::detail
