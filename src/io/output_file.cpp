#include "lacathode/io/output_file.hpp"

#include "io/hdf5_types.hpp"
#include "io/unfinished_file.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {

OutputFile::OutputFile(std::string path, FileFormat format, Overwrite overwrite)
    : impl_(std::make_unique<Impl>(std::move(path), format, overwrite)) {}
OutputFile::~OutputFile() = default;
OutputFile::OutputFile(OutputFile&&) noexcept = default;
OutputFile& OutputFile::operator=(OutputFile&&) noexcept = default;

template <FileElement T>
void OutputFile::write(const std::string& name, std::span<const T> values, const Shape& shape,
                       const Attributes& attributes) {
    expects(values.size() == io::detail::element_count(shape), "values fill the shape");
    create<T>(name, shape, attributes);
    write_rows<T>(name, 0, values);
}

template <FileElement T>
void OutputFile::create(const std::string& name, const Shape& shape, const Attributes& attributes) {
    impl_->create(name, io::detail::type_name<T>(), shape, 0, attributes);
}

template <FileElement T>
void OutputFile::create_growing(const std::string& name, std::size_t chunk_rows,
                                const Attributes& attributes) {
    expects(chunk_rows > 0, "chunks have rows");
    impl_->create(name, io::detail::type_name<T>(), {0}, chunk_rows, attributes);
}

template <FileElement T>
void OutputFile::write_rows(const std::string& name, std::size_t first_row,
                            std::span<const T> values) {
    impl_->write_rows(name, io::detail::type_name<T>(), first_row, values.data(), values.size());
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

// Every type that a dataset may have (FileElement).
#define LACATHODE_WRITES(T)                                                                   \
    template void OutputFile::write<T>(const std::string&, std::span<const T>, const Shape&,  \
                                       const Attributes&);                                    \
    template void OutputFile::create<T>(const std::string&, const Shape&, const Attributes&); \
    template void OutputFile::create_growing<T>(const std::string&, std::size_t,              \
                                                const Attributes&);                           \
    template void OutputFile::write_rows<T>(const std::string&, std::size_t, std::span<const T>);
LACATHODE_WRITES(float)
LACATHODE_WRITES(double)
LACATHODE_WRITES(std::int8_t)
LACATHODE_WRITES(std::uint8_t)
LACATHODE_WRITES(std::int64_t)
LACATHODE_WRITES(std::uint64_t)
#undef LACATHODE_WRITES

}  // namespace lacathode
