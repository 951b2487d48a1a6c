// df.to_hdf(path, key, format="table"): group KEY with the dataset `table` of records: an index,
// arrays values_block_N of columns of one type, and single "data columns". The names in a values
// block are pickled in the attribute values_block_N_kind, the order of all columns in the group's
// attribute non_index_axes.
#include <algorithm>

#include "io/hdf5_attributes.hpp"
#include "io/tables/layouts.hpp"
#include "io/tables/pickle_text.hpp"
#include "io/tables/record_table.hpp"

namespace lacathode::io::detail {
namespace {

bool is_index(const std::string& name, const std::vector<std::string>& indices) {
    return std::ranges::find(indices, name) != indices.end();
}

std::vector<std::string> block_names(const ForeignFile& file, const std::string& table,
                                     const RecordField& field) {
    auto names = pickled_texts(file.text_attribute(table, field.name + "_kind"));
    if (names.size() == field.length) return names;
    file.fail("'" + table + "': the names of the " + std::to_string(field.length) +
              " columns in '" + field.name +
              "' cannot be read; write the DataFrame again with "
              "text as column names, or with format='fixed'");
}

std::vector<RecordColumn> columns_of(const ForeignFile& file, const std::string& table,
                                     const std::vector<RecordField>& fields,
                                     const std::vector<std::string>& indices) {
    std::vector<RecordColumn> columns;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const RecordField& field = fields[i];
        if (is_index(field.name, indices)) continue;
        if (!field.name.starts_with("values_block_")) {
            columns.push_back({field.name, i, 0});
            continue;
        }
        const auto names = block_names(file, table, field);
        for (std::size_t j = 0; j < names.size(); ++j) columns.push_back({names[j], i, j});
    }
    return columns;
}

// Codes of categories, dates and durations are stored as integers, which are no numbers of theirs.
bool holds_numbers(const ForeignFile& file, const std::string& table, const RecordField& field) {
    const std::string type = file.text_attribute(table, field.name + "_dtype");
    return file.text_attribute(table, field.name + "_meta") != "category" &&
           !type.starts_with("datetime") && !type.starts_with("timedelta");
}

// Back to the DataFrame's order where the file tells it.
void sort_columns(std::vector<RecordColumn>& columns, const std::vector<std::string>& order) {
    const auto position = [&](const RecordColumn& column) {
        return std::ranges::find(order, column.name) - order.begin();
    };
    std::ranges::stable_sort(columns, {}, position);
}

}  // namespace

std::unique_ptr<ColumnTable> open_pandas_table(ForeignFile file, const std::string& key) {
    const std::string table = join(key, "table");
    if (!file.has(table)) file.fail("'" + table + "' is missing; write the DataFrame again");
    auto fields = record_fields(file.open_dataset(table).get());
    for (RecordField& field : fields)
        if (!holds_numbers(file, table, field)) field.kind = NumberKind::none;
    auto indices = pickled_texts(file.text_attribute(key, "index_cols"));
    if (indices.empty()) indices = {"index"};
    auto columns = columns_of(file, table, fields, indices);
    sort_columns(columns, pickled_texts(file.text_attribute(key, "non_index_axes")));
    std::string description = "pandas table, key '" + key + "'";
    return std::make_unique<RecordTable>(std::move(file), table, std::move(description),
                                         std::move(fields), std::move(columns));
}

}  // namespace lacathode::io::detail
