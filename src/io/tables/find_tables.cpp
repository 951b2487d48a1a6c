#include "io/tables/find_tables.hpp"

#include <set>

#include "io/hdf5_types.hpp"
#include "io/tables/hdf5_columns.hpp"

namespace lacathode::io::detail {
namespace {

constexpr int deepest_group = 32;

// Children that can be opened; links to nowhere are nobody's table.
std::vector<std::string> existing_children(const ForeignFile& file, const std::string& group) {
    std::vector<std::string> names;
    for (const auto& child : child_names(file.open(group).get())) {
        if (file.has(join(group, child))) names.push_back(join(group, child));
    }
    return names;
}

bool is_column_group(const ForeignFile& file, const std::string& key) {
    std::set<std::size_t> lengths;
    for (const auto& child : existing_children(file, key)) {
        const auto length = number_column_length(file.open(child).get());
        if (length) lengths.insert(*length);
    }
    return lengths.size() == 1;
}

bool is_record_dataset(hid_t dataset) {
    const Handle type = own(H5Dget_type(dataset), H5Tclose, "read a type");
    return H5Tget_class(type.get()) == H5T_COMPOUND && dataset_shape(dataset).size() == 1;
}

// What a walk over the file has met.
struct Walk {
    std::set<haddr_t> groups;
    std::vector<FoundTable> found;
};

void collect(const ForeignFile& file, const std::string& key, int depth, Walk& walk) {
    if (depth > deepest_group) file.fail("groups nest too deep; it may be damaged");
    const Handle object = file.open(key);
    const bool group = H5Iget_type(object.get()) == H5I_GROUP;
    // Links can lead to one group in many ways, more than can be walked.
    if (group && !walk.groups.insert(address_of(object.get())).second) return;
    const TableLayout layout = layout_at(file, key);
    if (layout != TableLayout::none) walk.found.push_back({key, layout});
    if (layout != TableLayout::none && layout != TableLayout::columns) return;
    if (!group) return;
    if (!file.text_attribute(key, "pandas_type").empty()) return;  // a Series, say
    for (const auto& child : existing_children(file, key)) {
        const bool index = child.substr(child.rfind('/') + 1).starts_with("_i_");  // of PyTables
        if (!index) collect(file, child, depth + 1, walk);
    }
}

}  // namespace

TableLayout layout_at(const ForeignFile& file, const std::string& key) {
    const Handle object = file.open(key);
    const H5I_type_t kind = H5Iget_type(object.get());
    if (kind == H5I_DATASET) {
        return is_record_dataset(object.get()) ? TableLayout::records : TableLayout::none;
    }
    if (kind != H5I_GROUP) return TableLayout::none;
    const std::string pandas = file.text_attribute(key, "pandas_type");
    if (pandas == "frame") return TableLayout::pandas_fixed;
    if (pandas == "frame_table") return TableLayout::pandas_table;
    if (!pandas.empty()) return TableLayout::none;
    return is_column_group(file, key) ? TableLayout::columns : TableLayout::none;
}

std::vector<FoundTable> find_tables(const ForeignFile& file) {
    Walk walk;
    collect(file, "/", 0, walk);
    return walk.found;
}

}  // namespace lacathode::io::detail
