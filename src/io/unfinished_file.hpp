// What an OutputFile holds: the file that its datasets go to until it is complete.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "io/content_hash.hpp"
#include "io/hdf5.hpp"
#include "io/partial_file.hpp"
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

    [[nodiscard]] const std::string& path() const noexcept { return partial_.target(); }

  private:
    struct Dataset {
        io::detail::Handle handle;
        std::string type;
        Shape shape;  ///< rows so far in [0] if it grows
        bool growing = false;
        std::size_t rows = 0;  ///< written
        std::size_t row_elements = 1;
        io::detail::Digest digest;

        [[nodiscard]] std::size_t announced_rows() const { return shape.empty() ? 1 : shape[0]; }
    };

    /// Runs work; a failure of HDF5 becomes an OutputError that names the file.
    template <class Work>
    auto guarded(const Work& work);

    void create_file();
    void store(Dataset& dataset, const std::string& name, std::size_t first_row, std::size_t rows,
               const void* values);
    std::string finish_hash();
    void close_all();
    void seal();
    void discard() noexcept;
    /// Where the bytes go until the file is complete.
    [[nodiscard]] const std::string& work_name() const noexcept {
        return scratch_ ? scratch_->name() : partial_.name();
    }

    io::detail::PartialFile partial_;
    std::optional<io::detail::PartialFile> scratch_;  ///< never put in place
    io::detail::Handle file_;
    std::map<std::string, Dataset> datasets_;
    io::detail::ContentHash content_;
    bool finished_ = false;
};

}  // namespace lacathode
