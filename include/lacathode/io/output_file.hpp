// An HDF5 file that appears under its name only when it is complete.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lacathode/core/provenance.hpp"
#include "lacathode/io/file_format.hpp"
#include "lacathode/io/output_path.hpp"

namespace lacathode {

/// Writes a file of a name of its own beside `path` and renames it in commit(); without commit the
/// destructor removes it and whatever stood under `path` stays as it was. From the constructor to
/// the rename no other OutputFile, in this process or another, can be made for the path. Object
/// names are paths ("/features/mj1"); missing groups are made. Each dataset and attribute is
/// written once. Equal content and provenance give the same bytes. Every failure to write is an
/// OutputError that names the file; a broken contract (wrong length, a name used twice, rows out of
/// order) is a ContractViolation.
class OutputFile {
  public:
    /// Makes the checks of check_output first.
    OutputFile(std::string path, FileFormat format, Overwrite overwrite);
    ~OutputFile();
    OutputFile(OutputFile&&) noexcept;
    OutputFile& operator=(OutputFile&&) noexcept;

    /// A whole array; `values` row-major, as many as the product of `shape`.
    template <FileElement T>
    void write(const std::string& name, std::span<const T> values, const Shape& shape,
               const Attributes& attributes = {});

    /// The same for one dimension.
    template <FileElement T>
    void write_vector(const std::string& name, const std::vector<T>& values) {
        write<T>(name, values, {values.size()});
    }

    /// An array of known shape that write_rows fills.
    template <FileElement T>
    void create(const std::string& name, const Shape& shape, const Attributes& attributes = {});

    /// A one-dimensional array that grows with every write_rows, stored in chunks of `chunk_rows`.
    template <FileElement T>
    void create_growing(const std::string& name, std::size_t chunk_rows,
                        const Attributes& attributes = {});

    /// Rows first_row, first_row + 1, ... of an array made by create or create_growing; whole rows
    /// (products of the further axes). They must come in order: first_row is the number of rows so
    /// far.
    template <FileElement T>
    void write_rows(const std::string& name, std::size_t first_row, std::span<const T> values);

    /// An attribute of the group or dataset `object` ("/" is the file itself).
    void set_attribute(const std::string& object, const std::string& name,
                       const AttributeValue& value);

    /// Writes the provenance (its content_hash is filled in here), flushes, closes and renames.
    /// Every created array must be complete. Returns the content hash, 32 hexadecimal digits. The
    /// object cannot be used afterwards.
    std::string commit(const Provenance& provenance);

    [[nodiscard]] const std::string& path() const noexcept;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace lacathode
