#include <filesystem>

#include "io/input_checks.hpp"
#include "io/tables/byte_source.hpp"
#include "io/tables/find_tables.hpp"
#include "io/tables/layouts.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

using io::detail::ByteSource;
using io::detail::ForeignFile;
using io::detail::FoundTable;
using io::detail::TableLayout;

std::string list_of(const std::vector<FoundTable>& tables) {
    std::string text;
    for (const auto& table : tables) text += (text.empty() ? "'" : ", '") + table.key + "'";
    return text;
}

std::string normalised(const std::string& key) {
    std::string path = key.starts_with('/') ? key : "/" + key;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
}

FoundTable only_table(const ForeignFile& file) {
    const auto tables = io::detail::find_tables(file);
    if (tables.empty()) {
        file.fail(
            "holds no table (pandas DataFrame, group of one-dimensional datasets of one "
            "length, or one-dimensional dataset of records); write one, with pandas for "
            "instance: df.to_hdf(path, key='df')");
    }
    if (tables.size() > 1) {
        file.fail("holds " + std::to_string(tables.size()) + " tables: " + list_of(tables) +
                  "; say which with its key");
    }
    return tables.front();
}

FoundTable named_table(const ForeignFile& file, const std::string& key) {
    const std::string path = normalised(key);
    const bool exists = file.has(path);
    const auto layout = exists ? io::detail::layout_at(file, path) : TableLayout::none;
    if (layout != TableLayout::none) return {path, layout};
    const auto tables = io::detail::find_tables(file);
    file.fail("'" + key + "' " + (exists ? "is not a table" : "is not in the file") + "; " +
              (tables.empty() ? "it holds no table" : "tables there: " + list_of(tables)));
}

std::unique_ptr<ColumnTable> open_layout(ForeignFile file, const FoundTable& table) {
    switch (table.layout) {
        case TableLayout::pandas_fixed:
            return io::detail::open_pandas_fixed(std::move(file), table.key);
        case TableLayout::pandas_table:
            return io::detail::open_pandas_table(std::move(file), table.key);
        case TableLayout::records:
            return io::detail::open_record_dataset(std::move(file), table.key);
        case TableLayout::columns:
            return io::detail::open_column_group(std::move(file), table.key);
        case TableLayout::none:
            break;
    }
    throw ContractViolation("no such layout of a table");
}

std::string head_of(ByteSource& source) {
    std::string head(4096, '\0');
    head.resize(source.read(head));
    return head;
}

std::string converted(const std::string& path) {
    return "; make a table of it that is read: scripts/convert.py " + path + " --output " +
           std::filesystem::path(path).filename().replace_extension(".h5").string();
}

// What people also keep events in, and what to do with it; empty for text.
std::string other_format(const std::string& path, const std::string& head) {
    const auto begins = [&](std::string_view mark) { return head.starts_with(mark); };
    if (begins("\x89HDF")) return "is an HDF5 file; unpack it first: gunzip " + path;
    if (begins("\x1f\x8b")) return "is compressed twice; unpack it first: gunzip " + path;
    if (begins("\x89"))  // as HDF5 and PNG do; never a text in UTF-8
        return "is a binary file, perhaps the first bytes of an HDF5 file that was cut off";
    if (begins("PK\x03\x04")) return "is a zip or npz archive; unpack it, or write HDF5 or CSV";
    if (begins("\x93NUMPY")) return "is a numpy array without column names; write HDF5 or CSV";
    if (begins("PAR1")) return "is a Parquet file" + converted(path);
    if (begins(std::string_view("root\0", 5))) return "is a ROOT file" + converted(path);
    if (head.find('\0') != std::string::npos) {
        return "is neither HDF5 nor text; events are read from HDF5 and CSV files";
    }
    return "";
}

void refuse_other_formats(const std::string& path) {
    const auto source = ByteSource::open(path);
    const std::string other = other_format(path, head_of(*source));
    if (other.empty()) return;
    throw InputError(path + (source->compressed() ? ": behind its gzip compression " : ": ") +
                     other);
}

}  // namespace

std::unique_ptr<ColumnTable> ColumnTable::open(const std::string& path, const std::string& key) {
    io::detail::check_readable_file(path);
    if (io::detail::looks_like_hdf5(path)) {
        return io::detail::tried(path, [&](ForeignFile file) {
            const FoundTable table = key.empty() ? only_table(file) : named_table(file, key);
            return open_layout(std::move(file), table);
        });
    }
    refuse_other_formats(path);
    if (!key.empty()) {
        throw InputError(path + ": is a text file and has no key '" + key + "'; leave the key out");
    }
    return io::detail::open_csv(path);
}

}  // namespace lacathode
