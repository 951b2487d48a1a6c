// Reading the files of this project, checked before anything is used.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lacathode/core/provenance.hpp"
#include "lacathode/io/file_format.hpp"

namespace lacathode {

/// Whether opening a file without a seal, one of an earlier version, reads all of it and compares
/// its content hash. A seal (docs/formats.md) is always checked, over all bytes and before libhdf5
/// sees any of them; the recorded content hash is among those bytes.
enum class Verify { yes, no };

/// An open file of one of the accepted formats. All errors are InputErrors that name the file and
/// say what to do: missing, a directory, not HDF5, truncated or damaged, foreign, another format
/// (with the tool that makes the right one), an unknown version, changed content; and, from the
/// readers, a missing object, another type or another shape than asked for.
class InputFile {
  public:
    InputFile(std::string path, FileFormat format, Verify verify = Verify::yes);
    InputFile(std::string path, std::vector<FileFormat> accepted, Verify verify = Verify::yes);
    ~InputFile();
    InputFile(InputFile&&) noexcept;
    InputFile& operator=(InputFile&&) noexcept;

    [[nodiscard]] const std::string& path() const noexcept;
    [[nodiscard]] FileFormat format() const noexcept;
    [[nodiscard]] const Provenance& provenance() const noexcept;
    /// It begins with a seal, as files since version 0.1 do.
    [[nodiscard]] bool is_sealed() const noexcept;
    /// Content hash as recorded in the file.
    [[nodiscard]] const std::string& content_hash() const noexcept;
    /// Role "flow" and so on of a step that reads this file: path and hash for its provenance.
    [[nodiscard]] InputRecord record(const std::string& role) const;
    /// Reads everything and throws InputError unless the content hash is the recorded one.
    void verify() const;

    /// Throws InputError: file, problem, and which program makes the file again.
    [[noreturn]] void refuse(const std::string& problem) const;

    /// A group or dataset of that name exists.
    [[nodiscard]] bool has(const std::string& name) const;
    [[nodiscard]] bool has_attribute(const std::string& object, const std::string& name) const;
    [[nodiscard]] bool is_group(const std::string& name) const;
    [[nodiscard]] Shape shape(const std::string& dataset) const;
    /// "float64", "uint8", ...; "string" or "other" for what our files never hold.
    [[nodiscard]] std::string element_type(const std::string& dataset) const;
    /// Names of the members of a group, sorted; without the group's own name.
    [[nodiscard]] std::vector<std::string> children(const std::string& group) const;

    /// The whole array, row-major. The stored type must be T.
    template <FileElement T>
    [[nodiscard]] std::vector<T> read(const std::string& dataset) const;
    /// The same; the shape must be `expected`.
    template <FileElement T>
    [[nodiscard]] std::vector<T> read(const std::string& dataset, const Shape& expected) const;
    /// Rows first ... first + count - 1 of an array of any rank >= 1. Rows beyond the end are a
    /// ContractViolation.
    template <FileElement T>
    [[nodiscard]] std::vector<T> read_rows(const std::string& dataset, std::size_t first,
                                           std::size_t count) const;

    /// One attribute of the object; its stored type must be the one asked for.
    [[nodiscard]] std::string string_attribute(const std::string& object,
                                               const std::string& name) const;
    [[nodiscard]] double double_attribute(const std::string& object, const std::string& name) const;
    [[nodiscard]] std::int64_t int_attribute(const std::string& object,
                                             const std::string& name) const;
    [[nodiscard]] std::uint64_t uint_attribute(const std::string& object,
                                               const std::string& name) const;
    /// All attributes of the object, sorted by name.
    [[nodiscard]] Attributes attributes(const std::string& object) const;

  private:
    template <class T>
    T typed_attribute(const std::string& object, const std::string& name,
                      const char* expected) const;

    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace lacathode
