#include "support/golden.hpp"

#include <hdf5.h>

#include <stdexcept>

namespace lacathode::test {
namespace {

/// An HDF5 identifier that closes itself; throws when the call that made it failed.
class Handle {
  public:
    Handle(hid_t id, herr_t (*close)(hid_t), const std::string& what) : id_(id), close_(close) {
        if (id < 0) throw std::runtime_error("golden numbers: cannot read " + what);
    }
    ~Handle() { close_(id_); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    operator hid_t() const { return id_; }

  private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

void require(bool done, const std::string& what) {
    if (!done) throw std::runtime_error("golden numbers: cannot read " + what);
}

std::vector<std::size_t> shape_of(hid_t space) {
    const int rank = H5Sget_simple_extent_ndims(space);
    std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
    if (rank > 0) H5Sget_simple_extent_dims(space, dims.data(), nullptr);
    return {dims.begin(), dims.end()};
}

std::size_t count_of(const std::vector<std::size_t>& shape) {
    std::size_t count = 1;
    for (const std::size_t extent : shape) count *= extent;
    return count;
}

// h5py stores booleans as an enumeration, which HDF5 does not convert to a number.
GoldenArray read_dataset(hid_t dataset, const std::string& what) {
    const Handle space(H5Dget_space(dataset), H5Sclose, what);
    const Handle type(H5Dget_type(dataset), H5Tclose, what);
    GoldenArray array;
    array.shape = shape_of(space);
    const std::size_t count = count_of(array.shape);
    if (H5Tget_class(type) == H5T_ENUM) {
        std::vector<signed char> raw(count);
        require(H5Tget_size(type) == 1 &&
                    H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data()) >= 0,
                what);
        array.values.assign(raw.begin(), raw.end());
        return array;
    }
    array.values.resize(count);
    require(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                    array.values.data()) >= 0,
            what);
    return array;
}

herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* names) {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}

}  // namespace

std::vector<float> GoldenArray::as_float() const {
    std::vector<float> result;
    result.reserve(values.size());
    for (const double value : values) result.push_back(static_cast<float>(value));
    return result;
}

std::vector<std::int8_t> GoldenArray::as_int8() const {
    std::vector<std::int8_t> result;
    result.reserve(values.size());
    for (const double value : values) result.push_back(static_cast<std::int8_t>(value));
    return result;
}

std::vector<double> GoldenArray::row(std::size_t row) const {
    const std::size_t width = values.size() / shape.at(0);
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * width);
    return {begin, begin + static_cast<std::ptrdiff_t>(width)};
}

std::string data_path(const std::string& name) {
    return std::string(LACATHODE_TEST_DATA) + "/" + name;
}

GoldenFile::GoldenFile(const std::string& name)
    : name_(name), file_(H5Fopen(data_path(name).c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)) {
    require(file_ >= 0, data_path(name));
}

GoldenFile::~GoldenFile() {
    H5Fclose(file_);
}

GoldenArray GoldenFile::array(const std::string& path) const {
    const std::string what = name_ + ":" + path;
    const Handle dataset(H5Dopen2(file_, path.c_str(), H5P_DEFAULT), H5Dclose, what);
    return read_dataset(dataset, what);
}

std::vector<double> GoldenFile::array_attribute(const std::string& path,
                                                const std::string& name) const {
    const std::string what = name_ + ":" + path + "@" + name;
    const Handle attribute(
        H5Aopen_by_name(file_, path.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
        what);
    const Handle space(H5Aget_space(attribute), H5Sclose, what);
    std::vector<double> values(count_of(shape_of(space)));
    require(H5Aread(attribute, H5T_NATIVE_DOUBLE, values.data()) >= 0, what);
    return values;
}

double GoldenFile::attribute(const std::string& path, const std::string& name) const {
    return array_attribute(path, name).at(0);
}

std::string GoldenFile::text_attribute(const std::string& path, const std::string& name) const {
    const std::string what = name_ + ":" + path + "@" + name;
    const Handle attribute(
        H5Aopen_by_name(file_, path.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
        what);
    const Handle type(H5Aget_type(attribute), H5Tclose, what);
    if (H5Tis_variable_str(type) > 0) {
        char* text = nullptr;
        require(H5Aread(attribute, type, &text) >= 0 && text != nullptr, what);
        std::string result(text);
        H5free_memory(text);
        return result;
    }
    std::string result(H5Tget_size(type), '\0');
    require(H5Aread(attribute, type, result.data()) >= 0, what);
    return result.substr(0, result.find('\0'));
}

std::vector<std::string> GoldenFile::children(const std::string& path) const {
    const std::string what = name_ + ":" + path;
    const Handle group(H5Gopen2(file_, path.c_str(), H5P_DEFAULT), H5Gclose, what);
    std::vector<std::string> names;
    require(H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_name, &names) >= 0,
            what);
    return names;
}

bool GoldenFile::has(const std::string& path) const {
    return H5Lexists(file_, path.c_str(), H5P_DEFAULT) > 0;
}

}  // namespace lacathode::test
