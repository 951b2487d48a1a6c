// What an InputFile holds.
#pragma once

#include <string>
#include <vector>

#include "io/hdf5.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/io/input_file.hpp"

namespace lacathode {

class InputFile::Impl {
  public:
    Impl(std::string path, std::vector<FileFormat> accepted);

    void verify() const;
    [[nodiscard]] detail::Handle open_dataset(const std::string& name) const;
    [[nodiscard]] detail::Handle open_object(const std::string& name) const;
    [[nodiscard]] AttributeValue attribute(const std::string& object,
                                           const std::string& name) const;
    void read_rows(const std::string& name, const char* type, std::size_t first, std::size_t count,
                   void* values) const;

    /// Runs work; a failure of HDF5 becomes an InputError that names the file.
    template <class Work>
    auto guarded(const Work& work) const {
        try {
            return work();
        } catch (const detail::Hdf5Error& error) {
            throw InputError(path_ + ": " + error.what() + "; " + remedy());
        }
    }
    /// "make it again with TOOL".
    [[nodiscard]] std::string remedy() const;

    std::string path_;
    std::vector<FileFormat> accepted_;
    FileFormat format_ = FileFormat::events;
    detail::Handle file_;
    Provenance provenance_;

  private:
    void open();
    void check_format();
    void check_version() const;
};

}  // namespace lacathode
