// What an OutputFile holds while it is being written.
#pragma once

#include <map>
#include <string>

#include "io/content_hash.hpp"
#include "io/hdf5.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/io/output_file.hpp"

namespace lacathode {

class OutputFile::Impl {
  public:
    Impl(std::string path, FileFormat format, Overwrite overwrite);
    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void create(const std::string& name, const char* type, const Shape& shape,
                std::size_t chunk_rows, const Attributes& attributes);
    void write_rows(const std::string& name, const char* type, std::size_t first_row,
                    const void* values, std::size_t count);
    void set_attribute(const std::string& object, const std::string& name,
                       const AttributeValue& value);
    std::string commit(Provenance provenance);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

  private:
    struct Dataset {
        detail::Handle handle;
        std::string type;
        Shape shape;  ///< rows so far in [0] if it grows
        bool growing = false;
        std::size_t rows = 0;  ///< written
        std::size_t row_elements = 1;
        detail::Digest digest;
    };

    /// Runs work; a failure of HDF5 becomes an OutputError that names the file.
    template <class Work>
    auto guarded(const Work& work);

    void create_partial();
    void check_not_being_written() const;
    void store(Dataset& dataset, const std::string& name, std::size_t first_row, std::size_t rows,
               const void* values);
    std::string finish_hash();
    void close_all();
    void sync_partial() const;
    void rename_partial();
    void discard() noexcept;

    std::string path_;
    std::string partial_;
    Overwrite overwrite_;
    detail::Handle file_;
    std::map<std::string, Dataset> datasets_;
    detail::ContentHash content_;
    bool finished_ = false;
};

template <class Work>
auto OutputFile::Impl::guarded(const Work& work) {
    try {
        return work();
    } catch (const detail::Hdf5Error& error) {
        throw OutputError(path_ + ": " + error.what() +
                          "; check free space, quota and permissions");
    }
}

}  // namespace lacathode
