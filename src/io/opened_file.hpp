// What an InputFile holds: an HDF5 file that was checked and opened.
#pragma once

#include <string>
#include <vector>

#include "io/accepted_formats.hpp"
#include "io/hdf5.hpp"
#include "io/hdf5_types.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/io/input_file.hpp"

namespace lacathode {

class InputFile::Impl {
  public:
    Impl(std::string path, std::vector<FileFormat> accepted, Verify verify);

    void verify() const { compare(scan()); }
    [[nodiscard]] io::detail::Handle open_dataset(const std::string& name) const;
    [[nodiscard]] io::detail::Handle open_object(const std::string& name) const;
    [[nodiscard]] AttributeValue attribute(const std::string& object,
                                           const std::string& name) const;
    [[nodiscard]] Shape shape(const io::detail::Handle& dataset) const;
    /// `name` is that of the dataset, for messages.
    void read_rows(const io::detail::Handle& dataset, const std::string& name, const char* type,
                   std::size_t first, std::size_t count, void* values) const;
    /// All values of the dataset, which has this shape.
    template <FileElement T>
    [[nodiscard]] std::vector<T> read_all(const io::detail::Handle& dataset,
                                          const std::string& name, const Shape& stored) const {
        std::vector<T> values(io::detail::element_count(stored));
        read_rows(dataset, name, io::detail::type_name<T>(), 0, stored.empty() ? 1 : stored[0],
                  values.data());
        return values;
    }

    /// Runs work; a failure of HDF5 becomes an InputError that names the file.
    template <class Work>
    auto guarded(const Work& work) const {
        try {
            return work();
        } catch (const io::detail::Hdf5Error& error) {
            fail(error.what());
        }
    }
    /// Throws InputError with file and remedy.
    [[noreturn]] void fail(const std::string& problem) const {
        throw InputError(path_ + ": " + problem + "; copy it again, or make it again with " +
                         writer());
    }
    /// The program that makes the file again: the one of its provenance, once that is read.
    [[nodiscard]] std::string writer() const {
        return provenance_.program.empty() ? "the program that wrote it" : provenance_.program;
    }

    std::string path_;
    io::detail::AcceptedFormats accepted_;
    FileFormat format_ = FileFormat::events;
    bool sealed_ = false;
    io::detail::Handle file_;
    Provenance provenance_;

  private:
    /// Before libhdf5 sees any.
    void check_bytes();
    void load();
    /// The content hash of what is there.
    [[nodiscard]] std::string scan() const;
    void compare(const std::string& found) const;
};

}  // namespace lacathode
