// A model's parameters as named arrays: what files store and what both backends exchange.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lacathode {

/// One float32 array, row-major.
struct NamedArray {
    std::string name;                 ///< e.g. "block_00/hidden_weight"
    std::vector<std::int64_t> shape;  ///< e.g. [128, 128]
    std::vector<float> values;
    bool operator==(const NamedArray&) const = default;
};

using NamedArrays = std::vector<NamedArray>;

/// The array of that name. Throws InputError that lists what is there if it is missing, or has
/// another shape than `shape` (when given).
const NamedArray& find_array(const NamedArrays& arrays, std::string_view name);
const NamedArray& find_array(const NamedArrays& arrays, std::string_view name,
                             const std::vector<std::int64_t>& shape);

}  // namespace lacathode
