#include "io/hdf5_attributes.hpp"

#include <algorithm>

#include "io/hdf5_types.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {
namespace {

Handle utf8_type() {
    Handle type = own(H5Tcopy(H5T_C_S1), H5Tclose, "make a string type");
    check(H5Tset_size(type.get(), H5T_VARIABLE), "make a string type");
    check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "make a string type");
    return type;
}

void write_scalar(hid_t object, const std::string& name, hid_t type, const void* value) {
    const std::string action = "write attribute '" + name + "'";
    const Handle space = make_space({});
    const Handle attribute =
        own(H5Acreate2(object, name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
            action);
    check(H5Awrite(attribute.get(), type, value), action);
}

std::string read_variable_text(hid_t attribute, hid_t type) {
    char* text = nullptr;
    check(H5Aread(attribute, type, &text), "read an attribute");
    std::string value = text ? text : "";
    H5free_memory(text);
    return value;
}

std::string read_fixed_text(hid_t attribute, hid_t type) {
    std::string value(H5Tget_size(type), '\0');
    check(H5Aread(attribute, type, value.data()), "read an attribute");
    value.resize(std::min(value.find('\0'), value.size()));  // what follows is filling
    return value;
}

template <class T>
T read_scalar(hid_t attribute) {
    T value{};
    check(H5Aread(attribute, type_id<T>(), &value), "read an attribute");
    return value;
}

}  // namespace

void write_attribute(hid_t object, const std::string& name, const AttributeValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        expects(text->find('\0') == std::string::npos, "an attribute's text holds no NUL");
        const char* begin = text->c_str();
        return write_scalar(object, name, utf8_type().get(), &begin);
    }
    if (const auto* number = std::get_if<double>(&value)) {
        return write_scalar(object, name, type_id<double>(), number);
    }
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return write_scalar(object, name, type_id<std::int64_t>(), number);
    }
    write_scalar(object, name, type_id<std::uint64_t>(), &std::get<std::uint64_t>(value));
}

bool attribute_exists(hid_t object, const std::string& name) {
    return H5Aexists(object, name.c_str()) > 0;
}

std::vector<std::string> attribute_names(hid_t object) {
    H5O_info_t info;
    check(H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS), "read attributes");
    std::vector<std::string> names;
    for (hsize_t i = 0; i < info.num_attrs; ++i) {
        const Handle attribute = own(
            H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT),
            H5Aclose, "read attributes");
        const auto length = check(H5Aget_name(attribute.get(), 0, nullptr), "read attributes");
        std::string name(static_cast<std::size_t>(length), '\0');
        check(H5Aget_name(attribute.get(), name.size() + 1, name.data()), "read attributes");
        names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::optional<AttributeValue> read_attribute(hid_t object, const std::string& name) {
    if (!attribute_exists(object, name)) return std::nullopt;
    const std::string action = "read attribute '" + name + "'";
    const Handle attribute = own(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, action);
    const Handle type = own(H5Aget_type(attribute.get()), H5Tclose, action);
    const Handle space = own(H5Aget_space(attribute.get()), H5Sclose, action);
    if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) return std::nullopt;
    if (H5Sget_simple_extent_npoints(space.get()) != 1) return std::nullopt;
    const std::string stored = stored_type_name(type.get());
    if (stored == "string") {
        return H5Tis_variable_str(type.get()) > 0 ? read_variable_text(attribute.get(), type.get())
                                                  : read_fixed_text(attribute.get(), type.get());
    }
    if (stored == type_name<double>()) return read_scalar<double>(attribute.get());
    if (stored == type_name<std::int64_t>()) return read_scalar<std::int64_t>(attribute.get());
    if (stored == type_name<std::uint64_t>()) return read_scalar<std::uint64_t>(attribute.get());
    return std::nullopt;
}

}  // namespace lacathode::io::detail
