// Attributes of HDF5 objects.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/hdf5.hpp"
#include "lacathode/io/file_format.hpp"

namespace lacathode::io::detail {

/// Text becomes a variable-length UTF-8 string, which h5py reads as str.
void write_attribute(hid_t object, const std::string& name, const AttributeValue& value);

bool attribute_exists(hid_t object, const std::string& name);

/// Names of the object's attributes, sorted.
std::vector<std::string> attribute_names(hid_t object);

/// The attribute if it is one of the kinds that our files hold (a scalar of four types), else
/// nothing. Text may be stored with fixed or variable length; trailing NULs of a fixed one go.
std::optional<AttributeValue> read_attribute(hid_t object, const std::string& name);

}  // namespace lacathode::io::detail
