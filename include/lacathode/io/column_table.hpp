// A user's own table of numbers, whatever wrote it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lacathode/core/matrix.hpp"

namespace lacathode {

/// Keys of all tables in an HDF5 file, in the order of their paths; of a text file the empty key.
/// Throws InputError as ColumnTable::open does if it can hold no table at all.
std::vector<std::string> table_keys(const std::string& path);

/// Named columns of equal length. Read with one implementation a layout: pandas HDF5 in fixed and
/// in table format, an HDF5 group of one-dimensional datasets, an HDF5 dataset of records
/// (compound type), and CSV (plain or compressed with gzip; commas, semicolons or tabs). Row order
/// is the order in the file; an index column is ignored.
class ColumnTable {
  public:
    /// Finds the layout by the content of the file, not by its name. `key` is the HDF5 path of the
    /// table ("df", "/events/features"); empty: the only table there is. Throws InputError naming
    /// file and remedy: missing, not a table, several tables and no key (lists them), an unknown
    /// key, a compression filter that HDF5 lacks, lines of a CSV file that cannot be read. An HDF5
    /// file is opened first in a process of its own, as check_readable reads it.
    static std::unique_ptr<ColumnTable> open(const std::string& path, const std::string& key = {});

    virtual ~ColumnTable() = default;
    ColumnTable(const ColumnTable&) = delete;
    ColumnTable& operator=(const ColumnTable&) = delete;

    /// Names of all columns, numeric or not, in file order.
    [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// The layout in words: "pandas fixed, key 'df'".
    [[nodiscard]] const std::string& description() const noexcept { return description_; }
    /// Rows a call of read should ask for, so that each chunk of the file is read once; at least 1.
    [[nodiscard]] std::size_t block_rows() const noexcept { return block_rows_; }

    /// Requires the columns, and reads all their rows of an HDF5 file once in a process of its own
    /// with limits on memory and time, because a damaged one can crash or hang its library. Throws
    /// the InputError of require or of the reading, and one that says how the process ended.
    void check_readable(std::span<const std::string> names);

    /// Throws InputError that lists the missing columns and those there are, if any is missing.
    void require(std::span<const std::string> names) const;

    /// Rows first ... first + count - 1 (cut at the end) of the named columns, [count, names]
    /// float64, in the order of `names`. NaN and infinities are delivered as they are. Throws
    /// InputError if a column is missing, is not numeric, or holds an integer that a double cannot
    /// hold exactly.
    [[nodiscard]] Matrix<double> read(std::size_t first, std::size_t count,
                                      std::span<const std::string> names);

  protected:
    /// What reads the file: libhdf5, which trusts it, or code of our own, which does not.
    enum class Decoder { hdf5, own };

    ColumnTable(std::string path, std::string description, Decoder decoder = Decoder::hdf5)
        : path_(std::move(path)), description_(std::move(description)), decoder_(decoder) {}

    std::string path_;
    std::string description_;
    std::vector<std::string> columns_;
    std::size_t rows_ = 0;
    std::size_t block_rows_ = 65536;

  private:
    Decoder decoder_;

    /// Rows first ... first + count - 1 <= rows() into out [count, columns], row-major. `columns`
    /// are positions in columns().
    virtual void read_block(std::size_t first, std::size_t count,
                            std::span<const std::size_t> columns, double* out) = 0;
};

}  // namespace lacathode
