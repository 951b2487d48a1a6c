// Numbers out of HDF5 datasets that somebody else wrote.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "io/hdf5.hpp"

namespace lacathode::io::detail {

/// How the values of a type become float64.
enum class NumberKind { number, flag, none };

/// Integers and floats are numbers; one-byte bit fields and enumerations of 0 and 1 (how PyTables
/// and h5py store truth values) are flags.
NumberKind number_kind(hid_t type);

/// The length of a one-dimensional dataset of numbers or flags; none of any other object.
std::optional<std::size_t> number_column_length(hid_t object);

/// Transfer properties that refuse an integer which float64 cannot hold exactly.
Handle exact_transfer();

/// Rows first ... first + count - 1 of a dataset of rank 1 or 2, row-major, as float64.
std::vector<double> read_numbers(hid_t dataset, std::size_t first, std::size_t count);

/// A one-dimensional dataset of text, or of integers (pandas keeps the names of
/// unnamed columns so); empty if it is neither.
std::vector<std::string> read_names(hid_t dataset);

/// Rows for a call of read: near 65,536 and a multiple of the dataset's chunk.
std::size_t aligned_rows(hid_t dataset);

}  // namespace lacathode::io::detail
