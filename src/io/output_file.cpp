#include "lacathode/io/output_file.hpp"

#include "io/hdf5_types.hpp"
#include "io/output_state.hpp"

namespace lacathode {

OutputFile::OutputFile(std::string path, FileFormat format, Overwrite overwrite)
    : impl_(std::make_unique<Impl>(std::move(path), format, overwrite)) {}
OutputFile::~OutputFile() = default;
OutputFile::OutputFile(OutputFile&&) noexcept = default;
OutputFile& OutputFile::operator=(OutputFile&&) noexcept = default;

template <FileElement T>
void OutputFile::write(const std::string& name, std::span<const T> values, const Shape& shape,
                       const Attributes& attributes) {
    expects(values.size() == detail::element_count(shape), "values fill the shape");
    create<T>(name, shape, attributes);
    write_rows<T>(name, 0, values);
}

template <FileElement T>
void OutputFile::create(const std::string& name, const Shape& shape, const Attributes& attributes) {
    impl_->create(name, detail::type_name<T>(), shape, 0, attributes);
}

template <FileElement T>
void OutputFile::create_growing(const std::string& name, std::size_t chunk_rows,
                                const Attributes& attributes) {
    expects(chunk_rows > 0, "chunks have rows");
    impl_->create(name, detail::type_name<T>(), {0}, chunk_rows, attributes);
}

template <FileElement T>
void OutputFile::write_rows(const std::string& name, std::size_t first_row,
                            std::span<const T> values) {
    impl_->write_rows(name, detail::type_name<T>(), first_row, values.data(), values.size());
}

void OutputFile::set_attribute(const std::string& object, const std::string& name,
                               const AttributeValue& value) {
    impl_->set_attribute(object, name, value);
}

std::string OutputFile::commit(const Provenance& provenance) {
    return impl_->commit(provenance);
}

const std::string& OutputFile::path() const noexcept {
    return impl_->path();
}

template void OutputFile::write<float>(const std::string&, std::span<const float>, const Shape&,
                                       const Attributes&);
template void OutputFile::create<float>(const std::string&, const Shape&, const Attributes&);
template void OutputFile::create_growing<float>(const std::string&, std::size_t, const Attributes&);
template void OutputFile::write_rows<float>(const std::string&, std::size_t,
                                            std::span<const float>);
template void OutputFile::write<double>(const std::string&, std::span<const double>, const Shape&,
                                        const Attributes&);
template void OutputFile::create<double>(const std::string&, const Shape&, const Attributes&);
template void OutputFile::create_growing<double>(const std::string&, std::size_t,
                                                 const Attributes&);
template void OutputFile::write_rows<double>(const std::string&, std::size_t,
                                             std::span<const double>);
template void OutputFile::write<std::int8_t>(const std::string&, std::span<const std::int8_t>,
                                             const Shape&, const Attributes&);
template void OutputFile::create<std::int8_t>(const std::string&, const Shape&, const Attributes&);
template void OutputFile::create_growing<std::int8_t>(const std::string&, std::size_t,
                                                      const Attributes&);
template void OutputFile::write_rows<std::int8_t>(const std::string&, std::size_t,
                                                  std::span<const std::int8_t>);
template void OutputFile::write<std::uint8_t>(const std::string&, std::span<const std::uint8_t>,
                                              const Shape&, const Attributes&);
template void OutputFile::create<std::uint8_t>(const std::string&, const Shape&, const Attributes&);
template void OutputFile::create_growing<std::uint8_t>(const std::string&, std::size_t,
                                                       const Attributes&);
template void OutputFile::write_rows<std::uint8_t>(const std::string&, std::size_t,
                                                   std::span<const std::uint8_t>);
template void OutputFile::write<std::int64_t>(const std::string&, std::span<const std::int64_t>,
                                              const Shape&, const Attributes&);
template void OutputFile::create<std::int64_t>(const std::string&, const Shape&, const Attributes&);
template void OutputFile::create_growing<std::int64_t>(const std::string&, std::size_t,
                                                       const Attributes&);
template void OutputFile::write_rows<std::int64_t>(const std::string&, std::size_t,
                                                   std::span<const std::int64_t>);
template void OutputFile::write<std::uint64_t>(const std::string&, std::span<const std::uint64_t>,
                                               const Shape&, const Attributes&);
template void OutputFile::create<std::uint64_t>(const std::string&, const Shape&,
                                                const Attributes&);
template void OutputFile::create_growing<std::uint64_t>(const std::string&, std::size_t,
                                                        const Attributes&);
template void OutputFile::write_rows<std::uint64_t>(const std::string&, std::size_t,
                                                    std::span<const std::uint64_t>);

}  // namespace lacathode
