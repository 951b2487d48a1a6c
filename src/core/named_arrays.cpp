#include "lacathode/core/named_arrays.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

std::string text(const std::vector<std::int64_t>& shape) {
    std::string result = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        result += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    }
    return result + "]";
}

}  // namespace

const NamedArray& find_array(const NamedArrays& arrays, std::string_view name) {
    const auto found = std::ranges::find(arrays, name, &NamedArray::name);
    if (found != arrays.end()) return *found;
    std::string present;
    for (const NamedArray& array : arrays) present += (present.empty() ? "" : ", ") + array.name;
    throw InputError("model has no array '" + std::string(name) + "'; it has: " + present);
}

const NamedArray& find_array(const NamedArrays& arrays, std::string_view name,
                             const std::vector<std::int64_t>& shape) {
    const NamedArray& array = find_array(arrays, name);
    if (array.shape != shape) {
        throw InputError("model array '" + array.name + "' has shape " + text(array.shape) +
                         ", expected " + text(shape));
    }
    return array;
}

}  // namespace lacathode
