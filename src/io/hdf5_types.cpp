#include "io/hdf5_types.hpp"

#include <array>
#include <bit>
#include <utility>

#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {
namespace {

static_assert(std::endian::native == std::endian::little, "files are little-endian");

using NamedType = std::pair<const char*, hid_t>;

std::array<NamedType, 6> known_types() {
    return {{{"float32", H5T_IEEE_F32LE},
             {"float64", H5T_IEEE_F64LE},
             {"int8", H5T_STD_I8LE},
             {"uint8", H5T_STD_U8LE},
             {"int64", H5T_STD_I64LE},
             {"uint64", H5T_STD_U64LE}}};
}

std::vector<hsize_t> to_hsize(const Shape& shape) {
    return {shape.begin(), shape.end()};
}

}  // namespace

hid_t type_id(const std::string& name) {
    for (const auto& [known, id] : known_types()) {
        if (name == known) return id;
    }
    throw ContractViolation("no such element type: " + name);
}

std::string stored_type_name(hid_t type) {
    if (H5Tget_class(type) == H5T_STRING) return "string";
    for (const auto& [name, id] : known_types()) {
        if (H5Tequal(type, id) > 0) return name;
    }
    return "other";
}

Shape shape_of(hid_t space) {
    const int rank = check(H5Sget_simple_extent_ndims(space), "read a shape");
    std::vector<hsize_t> lengths(static_cast<std::size_t>(rank));
    check(H5Sget_simple_extent_dims(space, lengths.data(), nullptr), "read a shape");
    return {lengths.begin(), lengths.end()};
}

Shape dataset_shape(hid_t dataset) {
    const Handle space = own(H5Dget_space(dataset), H5Sclose, "read a shape");
    return shape_of(space.get());
}

std::vector<hsize_t> chunk_lengths(hid_t dataset) {
    const Handle creation = own(H5Dget_create_plist(dataset), H5Pclose, "read a layout");
    if (H5Pget_layout(creation.get()) != H5D_CHUNKED) return {};
    std::vector<hsize_t> chunk(dataset_shape(dataset).size());
    check(H5Pget_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()),
          "read a layout");
    return chunk;
}

bool has_values_elsewhere(hid_t dataset) {
    const Handle creation = own(H5Dget_create_plist(dataset), H5Pclose, "read a layout");
    return H5Pget_layout(creation.get()) == H5D_VIRTUAL ||
           H5Pget_external_count(creation.get()) > 0;
}

std::string text_of(const Shape& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
    }
    return text + "]";
}

std::size_t element_count(const Shape& shape) {
    constexpr std::size_t most = std::size_t{1} << 56;  // with any type the bytes fit 64 bits
    std::size_t count = 1;
    for (const auto length : shape) {
        if (length > 0 && count > most / length) {
            throw Hdf5Error("an array of shape " + text_of(shape) + " is too large");
        }
        count *= length;
    }
    return count;
}

Handle make_space(const Shape& shape, bool growing) {
    if (shape.empty()) return own(H5Screate(H5S_SCALAR), H5Sclose, "make a dataspace");
    const auto lengths = to_hsize(shape);
    auto limits = lengths;
    if (growing) limits[0] = H5S_UNLIMITED;
    return own(H5Screate_simple(static_cast<int>(lengths.size()), lengths.data(), limits.data()),
               H5Sclose, "make a dataspace");
}

Handle select_rows(hid_t space, std::size_t first, std::size_t count) {
    Shape shape = shape_of(space);
    if (shape.empty()) return make_space(shape);
    shape[0] = count;
    std::vector<hsize_t> start(shape.size(), 0);
    start[0] = first;
    if (count == 0) {
        check(H5Sselect_none(space), "select rows");
    } else {
        const auto lengths = to_hsize(shape);
        check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, lengths.data(),
                                  nullptr),
              "select rows");
    }
    Handle memory = make_space(shape);
    if (count == 0) check(H5Sselect_none(memory.get()), "select rows");
    return memory;
}

}  // namespace lacathode::io::detail
