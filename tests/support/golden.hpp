// Golden numbers for the tests: numeric arrays of a plain HDF5 file, read apart from the io layer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lacathode::test {

/// An array of any numeric type, converted to float64 (exact for float32 and integers below 2^53).
struct GoldenArray {
    std::vector<std::size_t> shape;  ///< empty for a scalar
    std::vector<double> values;      ///< row-major

    [[nodiscard]] std::vector<float> as_float() const;
    [[nodiscard]] std::vector<std::int8_t> as_int8() const;
    /// Row `row` of an array of two dimensions or more, all inner dimensions flattened.
    [[nodiscard]] std::vector<double> row(std::size_t row) const;
};

/// One file in tests/data. Everything throws std::runtime_error that names file and object.
class GoldenFile {
  public:
    explicit GoldenFile(const std::string& name);
    ~GoldenFile();
    GoldenFile(const GoldenFile&) = delete;
    GoldenFile& operator=(const GoldenFile&) = delete;

    /// Dataset at `path`, e.g. "eval/z".
    [[nodiscard]] GoldenArray array(const std::string& path) const;
    /// Numeric attribute (scalar) of the object at `path`; "/" is the file.
    [[nodiscard]] double attribute(const std::string& path, const std::string& name) const;
    /// Numeric attribute that is an array.
    [[nodiscard]] std::vector<double> array_attribute(const std::string& path,
                                                      const std::string& name) const;
    /// String attribute (fixed or variable length).
    [[nodiscard]] std::string text_attribute(const std::string& path,
                                             const std::string& name) const;
    /// Names of the links in the group at `path`, sorted.
    [[nodiscard]] std::vector<std::string> children(const std::string& path) const;
    [[nodiscard]] bool has(const std::string& path) const;

  private:
    std::string name_;
    std::int64_t file_ = -1;
};

/// Full path of a file in tests/data.
std::string data_path(const std::string& name);

}  // namespace lacathode::test
