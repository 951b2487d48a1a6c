#include "io/content_scan.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "io/content_hash.hpp"
#include "io/hdf5_attributes.hpp"
#include "io/hdf5_types.hpp"
#include "lacathode/core/interrupt.hpp"

namespace lacathode::io::detail {
namespace {

constexpr std::size_t block_bytes = std::size_t{4} << 20;
constexpr int deepest_group = 32;  // ours nest four deep; a damaged file may nest for ever

void scan_values(hid_t dataset, hid_t type, const Shape& shape, Digest& digest) {
    if (element_count(shape) == 0) return;
    const std::size_t rows = shape.empty() ? 1 : shape[0];
    const std::size_t row_bytes = element_count(shape) / rows * H5Tget_size(type);
    const std::size_t step = std::max<std::size_t>(1, block_bytes / row_bytes);
    std::vector<std::byte> buffer(std::min(step, rows) * row_bytes);
    for (std::size_t first = 0; first < rows; first += step) {
        check_interrupt();
        const std::size_t count = std::min(step, rows - first);
        const Handle space = own(H5Dget_space(dataset), H5Sclose, "read a shape");
        const Handle memory = select_rows(space.get(), first, count);
        check(H5Dread(dataset, type, memory.get(), space.get(), H5P_DEFAULT, buffer.data()),
              "read a dataset");
        digest.update(buffer.data(), count * row_bytes);
    }
}

void scan_dataset(hid_t dataset, const std::string& name, ContentHash& hash) {
    if (has_values_elsewhere(dataset))
        throw Hdf5Error("dataset '" + name + "' has its values in other files");
    const Handle type = own(H5Dget_type(dataset), H5Tclose, "read a type");
    const std::string stored = stored_type_name(type.get());
    if (stored == "other" || stored == "string") return hash.add_foreign(name);
    Digest digest;
    const Shape shape = dataset_shape(dataset);
    scan_values(dataset, type.get(), shape, digest);
    hash.add(name, stored, shape, digest);
}

void scan_attributes(hid_t object, const std::string& name, ContentHash& hash) {
    for (const auto& attribute : attribute_names(object)) {
        if (const auto value = read_attribute(object, attribute)) {
            hash.add(name, attribute, *value);
        } else {
            hash.add_foreign(name + "@" + attribute);
        }
    }
}

// Ours have one name for each object; links can lead to one in more ways than can be walked.
using Seen = std::set<haddr_t>;

void scan_object(hid_t file, const std::string& name, ContentHash& hash, Seen& seen, int depth) {
    if (is_provenance(name)) return;
    if (depth > deepest_group) throw Hdf5Error("cannot read '" + name + "': groups nest too deep");
    const Handle object = open_object(file, name);
    if (!seen.insert(address_of(object.get())).second) return hash.add_foreign(name);
    scan_attributes(object.get(), name, hash);
    const H5I_type_t kind = H5Iget_type(object.get());
    if (kind == H5I_DATASET) return scan_dataset(object.get(), name, hash);
    if (kind != H5I_GROUP) return hash.add_foreign(name);
    for (const auto& child : child_names(object.get())) {
        scan_object(file, join(name, child), hash, seen, depth + 1);
    }
}

}  // namespace

std::string scan_content(hid_t file) {
    ContentHash hash;
    Seen seen;
    scan_object(file, "/", hash, seen, 0);
    return hash.text();
}

}  // namespace lacathode::io::detail
