#include <fstream>

#include "io/input_checks.hpp"
#include "io/tables/find_tables.hpp"
#include "io/tables/layouts.hpp"
#include "io/trial_reading.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

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

// What people also keep events in; empty for text.
std::string other_format(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string head(4096, '\0');
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(file.gcount()));
    if (head.starts_with("\x1f\x8b")) return "is compressed with gzip; unpack it first";
    if (head.starts_with("\x89"))  // as HDF5 and PNG do; never a text in UTF-8
        return "is a binary file, perhaps the first bytes of an HDF5 file that was cut off";
    if (head.starts_with("PK")) return "is a zip or npz archive; unpack it, or write HDF5 or CSV";
    if (head.starts_with("\x93NUMPY")) return "is a numpy array without column names";
    if (head.starts_with("PAR1")) return "is a Parquet file";
    if (head.starts_with("root")) return "is a ROOT file";
    if (head.find('\0') != std::string::npos) return "is neither HDF5 nor text";
    return "";
}

std::unique_ptr<ColumnTable> open_hdf5(const std::string& path, const std::string& key) {
    try {
        ForeignFile file(path);
        const FoundTable table = key.empty() ? only_table(file) : named_table(file, key);
        return open_layout(std::move(file), table);
    } catch (const io::detail::Hdf5Error& error) {
        throw InputError(path + ": " + error.what() + "; it may be damaged: copy it again");
    }
}

}  // namespace

std::unique_ptr<ColumnTable> ColumnTable::open(const std::string& path, const std::string& key) {
    io::detail::check_readable_file(path);
    if (io::detail::looks_like_hdf5(path)) {
        io::detail::try_in_child(path, [&] { (void)open_hdf5(path, key); });
        return open_hdf5(path, key);
    }
    const std::string other = other_format(path);
    if (!other.empty()) {
        throw InputError(path + ": " + other + "; events are read from HDF5 and CSV files");
    }
    if (!key.empty()) {
        throw InputError(path + ": is a text file and has no key '" + key + "'; leave the key out");
    }
    return io::detail::open_csv(path);
}

}  // namespace lacathode
