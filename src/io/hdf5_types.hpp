// Element types and shapes in HDF5's words and in those of docs/formats.md.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "io/hdf5.hpp"
#include "lacathode/io/file_format.hpp"

namespace lacathode::io::detail {

/// The name in docs/formats.md: "float64", "uint8", ...
template <FileElement T>
constexpr const char* type_name() {
    if constexpr (std::is_same_v<T, float>) return "float32";
    if constexpr (std::is_same_v<T, double>) return "float64";
    if constexpr (std::is_same_v<T, std::int8_t>) return "int8";
    if constexpr (std::is_same_v<T, std::uint8_t>) return "uint8";
    if constexpr (std::is_same_v<T, std::int64_t>) return "int64";
    if constexpr (std::is_same_v<T, std::uint64_t>) return "uint64";
}

/// The little-endian type of that name in files; on our machines it is the type in memory as well.
hid_t type_id(const std::string& name);

template <FileElement T>
hid_t type_id() {
    return type_id(type_name<T>());
}

/// The name of a stored type; "string" for text, "other" for anything that our files never hold.
std::string stored_type_name(hid_t type);

/// Extent of a dataspace; empty for a scalar.
Shape shape_of(hid_t space);
Shape dataset_shape(hid_t dataset);

/// Lengths of a chunk along each axis; empty if the dataset is in one piece.
std::vector<hsize_t> chunk_lengths(hid_t dataset);

/// Whether the values lie in other files: external storage, or a virtual dataset. Those files could
/// be anything, a pipe for instance that blocks the program.
bool has_values_elsewhere(hid_t dataset);

/// "[3, 4]".
std::string text_of(const Shape& shape);

/// Product of the lengths; 1 for a scalar. Throws Hdf5Error beyond 2^56.
std::size_t element_count(const Shape& shape);

/// A dataspace of that shape; its first axis may grow if asked for.
Handle make_space(const Shape& shape, bool growing = false);

/// Selects rows first ... first + count - 1 of the space and returns the matching memory space.
Handle select_rows(hid_t space, std::size_t first, std::size_t count);

}  // namespace lacathode::io::detail
