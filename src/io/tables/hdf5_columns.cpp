#include "io/tables/hdf5_columns.hpp"

#include <algorithm>
#include <cstdint>

#include "io/hdf5_types.hpp"

namespace lacathode::io::detail {
namespace {

H5T_conv_ret_t refuse_inexact(H5T_conv_except_t exception, hid_t, hid_t, void*, void*, void*) {
    const bool inexact = exception == H5T_CONV_EXCEPT_PRECISION ||
                         exception == H5T_CONV_EXCEPT_RANGE_HI ||
                         exception == H5T_CONV_EXCEPT_RANGE_LOW;
    return inexact ? H5T_CONV_ABORT : H5T_CONV_UNHANDLED;
}

std::vector<std::string> read_fixed_texts(hid_t dataset, hid_t type, std::size_t count) {
    const std::size_t length = H5Tget_size(type);
    std::string buffer(count * length, '\0');
    check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer.data()), "read names");
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string name = buffer.substr(i * length, length);
        names.push_back(name.substr(0, name.find('\0')));
    }
    return names;
}

std::vector<std::string> read_variable_texts(hid_t dataset, hid_t type, std::size_t count) {
    std::vector<char*> texts(count, nullptr);
    check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()), "read names");
    std::vector<std::string> names;
    for (char* text : texts) {
        names.emplace_back(text ? text : "");
        H5free_memory(text);
    }
    return names;
}

std::vector<std::string> read_integers(hid_t dataset, std::size_t count) {
    std::vector<std::int64_t> numbers(count);
    check(H5Dread(dataset, type_id<std::int64_t>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()),
          "read names");
    std::vector<std::string> names;
    for (const auto number : numbers) names.push_back(std::to_string(number));
    return names;
}

// FALSE and TRUE, as h5py writes them. The codes of any other enumeration are no numbers.
bool is_truth_enumeration(hid_t type) {
    const int members = H5Tget_nmembers(type);
    if (H5Tget_size(type) != 1 || members != 2) return false;
    for (int i = 0; i < members; ++i) {
        std::uint8_t value = 0;
        check(H5Tget_member_value(type, static_cast<unsigned>(i), &value), "read a type");
        if (value > 1) return false;
    }
    return true;
}

}  // namespace

NumberKind number_kind(hid_t type) {
    switch (H5Tget_class(type)) {
        case H5T_INTEGER:
        case H5T_FLOAT:
            return NumberKind::number;
        case H5T_BITFIELD:
            return H5Tget_size(type) == 1 ? NumberKind::flag : NumberKind::none;
        case H5T_ENUM:
            return is_truth_enumeration(type) ? NumberKind::flag : NumberKind::none;
        default:
            return NumberKind::none;
    }
}

std::optional<std::size_t> number_column_length(hid_t object) {
    if (H5Iget_type(object) != H5I_DATASET) return std::nullopt;
    const Handle type = own(H5Dget_type(object), H5Tclose, "read a type");
    const Shape shape = dataset_shape(object);
    if (shape.size() != 1 || number_kind(type.get()) == NumberKind::none) return std::nullopt;
    return shape[0];
}

Handle exact_transfer() {
    Handle transfer = own(H5Pcreate(H5P_DATASET_XFER), H5Pclose, "set transfer properties");
    check(H5Pset_type_conv_cb(transfer.get(), refuse_inexact, nullptr), "set transfer properties");
    return transfer;
}

std::vector<double> read_numbers(hid_t dataset, std::size_t first, std::size_t count) {
    const std::string action = "read numbers (damaged, or integers that float64 cannot hold)";
    const Handle type = own(H5Dget_type(dataset), H5Tclose, action);
    const Handle space = own(H5Dget_space(dataset), H5Sclose, action);
    const Shape shape = shape_of(space.get());
    const std::size_t values = count * (shape.size() > 1 ? shape[1] : 1);
    const Handle memory = select_rows(space.get(), first, count);
    std::vector<double> numbers(values);
    if (number_kind(type.get()) == NumberKind::flag) {
        std::vector<std::uint8_t> flags(values);
        check(H5Dread(dataset, type.get(), memory.get(), space.get(), H5P_DEFAULT, flags.data()),
              action);
        std::copy(flags.begin(), flags.end(), numbers.begin());
        return numbers;
    }
    const Handle transfer = exact_transfer();
    check(H5Dread(dataset, H5T_NATIVE_DOUBLE, memory.get(), space.get(), transfer.get(),
                  numbers.data()),
          action);
    return numbers;
}

std::vector<std::string> read_names(hid_t dataset) {
    const Handle type = own(H5Dget_type(dataset), H5Tclose, "read names");
    const Shape shape = dataset_shape(dataset);
    if (shape.size() != 1 || shape[0] == 0) return {};
    if (H5Tget_class(type.get()) == H5T_INTEGER) return read_integers(dataset, shape[0]);
    if (H5Tget_class(type.get()) != H5T_STRING) return {};
    return H5Tis_variable_str(type.get()) > 0 ? read_variable_texts(dataset, type.get(), shape[0])
                                              : read_fixed_texts(dataset, type.get(), shape[0]);
}

std::size_t aligned_rows(hid_t dataset) {
    constexpr std::size_t wanted = 65536;
    const std::vector<hsize_t> chunk = chunk_lengths(dataset);
    if (chunk.empty()) return wanted;
    return std::max<std::size_t>(1, wanted / chunk[0]) * chunk[0];
}

}  // namespace lacathode::io::detail
