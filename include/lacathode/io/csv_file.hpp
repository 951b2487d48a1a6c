// A CSV table that appears under its name only when it is complete.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "lacathode/core/provenance.hpp"
#include "lacathode/io/output_path.hpp"

namespace lacathode {

struct CsvColumn {
    std::string name;
    std::variant<std::vector<double>, std::vector<float>, std::vector<std::int64_t>>
        values;  ///< [N]
};

/// Written as OutputFile writes: under a name of its own and a lock, renamed in commit(), and gone
/// without it. A line of names, then one a row; numbers in the fewest digits from which the same
/// number of that type is read back, "nan" for NaN. Failures are OutputErrors that name the file.
class CsvFile {
  public:
    /// Makes the checks of check_output first.
    CsvFile(const std::string& path, Overwrite overwrite);
    ~CsvFile();
    CsvFile(CsvFile&&) noexcept;
    CsvFile& operator=(CsvFile&&) noexcept;

    /// The whole table, once. ContractViolation unless all columns have one length.
    void write(const std::vector<CsvColumn>& columns);

    /// Renames; returns XXH3-128 of the bytes, 32 hexadecimal digits. A CSV table has no place for
    /// provenance.
    std::string commit(const Provenance& provenance);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace lacathode
