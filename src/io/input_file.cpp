#include "lacathode/io/input_file.hpp"

#include "io/hdf5_attributes.hpp"
#include "io/hdf5_types.hpp"
#include "io/input_state.hpp"

namespace lacathode {

using detail::Handle;

InputFile::InputFile(std::string path, FileFormat format, Verify verify)
    : InputFile(std::move(path), std::vector<FileFormat>{format}, verify) {}

InputFile::InputFile(std::string path, std::vector<FileFormat> accepted, Verify verify)
    : impl_(std::make_unique<Impl>(std::move(path), std::move(accepted))) {
    if (verify == Verify::yes) impl_->verify();
}

InputFile::~InputFile() = default;
InputFile::InputFile(InputFile&&) noexcept = default;
InputFile& InputFile::operator=(InputFile&&) noexcept = default;

const std::string& InputFile::path() const noexcept {
    return impl_->path_;
}
FileFormat InputFile::format() const noexcept {
    return impl_->format_;
}
const Provenance& InputFile::provenance() const noexcept {
    return impl_->provenance_;
}
const std::string& InputFile::content_hash() const noexcept {
    return impl_->provenance_.content_hash;
}
InputRecord InputFile::record(const std::string& role) const {
    return {role, path(), content_hash()};
}
void InputFile::verify() const {
    impl_->verify();
}

bool InputFile::has(const std::string& name) const {
    return impl_->guarded([&] { return detail::link_exists(impl_->file_.get(), name); });
}

bool InputFile::has_attribute(const std::string& object, const std::string& name) const {
    return has(object) && detail::attribute_exists(impl_->open_object(object).get(), name);
}

Shape InputFile::shape(const std::string& dataset) const {
    const Handle handle = impl_->open_dataset(dataset);
    return impl_->guarded([&] { return detail::dataset_shape(handle.get()); });
}

std::vector<std::string> InputFile::children(const std::string& group) const {
    const Handle handle = impl_->open_object(group);
    if (H5Iget_type(handle.get()) != H5I_GROUP) {
        throw InputError(path() + ": '" + group + "' is not a group; " + impl_->remedy());
    }
    return impl_->guarded([&] { return detail::child_names(handle.get()); });
}

template <FileElement T>
std::vector<T> InputFile::read(const std::string& dataset) const {
    const Shape stored = shape(dataset);
    std::vector<T> values(detail::element_count(stored));
    impl_->read_rows(dataset, detail::type_name<T>(), 0, stored.empty() ? 1 : stored[0],
                     values.data());
    return values;
}

template <FileElement T>
std::vector<T> InputFile::read(const std::string& dataset, const Shape& expected) const {
    const Shape stored = shape(dataset);
    if (stored != expected) {
        throw InputError(path() + ": dataset '" + dataset + "' has shape " +
                         detail::text_of(stored) + ", expected " + detail::text_of(expected) +
                         "; " + impl_->remedy());
    }
    return read<T>(dataset);
}

template <FileElement T>
std::vector<T> InputFile::read_rows(const std::string& dataset, std::size_t first,
                                    std::size_t count) const {
    const Shape stored = shape(dataset);
    expects(!stored.empty() && first <= stored[0] && count <= stored[0] - first,
            "rows are within the array");
    std::size_t row_elements = 1;
    for (std::size_t axis = 1; axis < stored.size(); ++axis) row_elements *= stored[axis];
    std::vector<T> values(count * row_elements);
    impl_->read_rows(dataset, detail::type_name<T>(), first, count, values.data());
    return values;
}

template <class T>
T InputFile::typed_attribute(const std::string& object, const std::string& name,
                             const char* expected) const {
    auto value = impl_->attribute(object, name);
    if (auto* found = std::get_if<T>(&value)) return std::move(*found);
    throw InputError(path() + ": attribute '" + name + "' of '" + object + "' is not " + expected +
                     "; " + impl_->remedy());
}

std::string InputFile::string_attribute(const std::string& object, const std::string& name) const {
    return typed_attribute<std::string>(object, name, "text");
}
double InputFile::double_attribute(const std::string& object, const std::string& name) const {
    return typed_attribute<double>(object, name, "a float64");
}
std::int64_t InputFile::int_attribute(const std::string& object, const std::string& name) const {
    return typed_attribute<std::int64_t>(object, name, "an int64");
}
std::uint64_t InputFile::uint_attribute(const std::string& object, const std::string& name) const {
    return typed_attribute<std::uint64_t>(object, name, "a uint64");
}

Attributes InputFile::attributes(const std::string& object) const {
    const Handle handle = impl_->open_object(object);
    Attributes all;
    for (auto& name : impl_->guarded([&] { return detail::attribute_names(handle.get()); })) {
        auto value = impl_->attribute(object, name);
        all.push_back({std::move(name), std::move(value)});
    }
    return all;
}

template std::vector<float> InputFile::read<float>(const std::string&) const;
template std::vector<float> InputFile::read<float>(const std::string&, const Shape&) const;
template std::vector<float> InputFile::read_rows<float>(const std::string&, std::size_t,
                                                        std::size_t) const;
template std::vector<double> InputFile::read<double>(const std::string&) const;
template std::vector<double> InputFile::read<double>(const std::string&, const Shape&) const;
template std::vector<double> InputFile::read_rows<double>(const std::string&, std::size_t,
                                                          std::size_t) const;
template std::vector<std::int8_t> InputFile::read<std::int8_t>(const std::string&) const;
template std::vector<std::int8_t> InputFile::read<std::int8_t>(const std::string&,
                                                               const Shape&) const;
template std::vector<std::int8_t> InputFile::read_rows<std::int8_t>(const std::string&, std::size_t,
                                                                    std::size_t) const;
template std::vector<std::uint8_t> InputFile::read<std::uint8_t>(const std::string&) const;
template std::vector<std::uint8_t> InputFile::read<std::uint8_t>(const std::string&,
                                                                 const Shape&) const;
template std::vector<std::uint8_t> InputFile::read_rows<std::uint8_t>(const std::string&,
                                                                      std::size_t,
                                                                      std::size_t) const;
template std::vector<std::int64_t> InputFile::read<std::int64_t>(const std::string&) const;
template std::vector<std::int64_t> InputFile::read<std::int64_t>(const std::string&,
                                                                 const Shape&) const;
template std::vector<std::int64_t> InputFile::read_rows<std::int64_t>(const std::string&,
                                                                      std::size_t,
                                                                      std::size_t) const;
template std::vector<std::uint64_t> InputFile::read<std::uint64_t>(const std::string&) const;
template std::vector<std::uint64_t> InputFile::read<std::uint64_t>(const std::string&,
                                                                   const Shape&) const;
template std::vector<std::uint64_t> InputFile::read_rows<std::uint64_t>(const std::string&,
                                                                        std::size_t,
                                                                        std::size_t) const;

}  // namespace lacathode
