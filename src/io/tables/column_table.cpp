#include "lacathode/io/column_table.hpp"

#include <algorithm>

#include "io/hdf5.hpp"
#include "io/trial_reading.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {

void ColumnTable::require(std::span<const std::string> names) const {
    std::vector<std::string> missing;
    for (const auto& name : names) {
        const auto count = std::ranges::count(columns_, name);
        if (count == 0) missing.push_back("'" + name + "'");
        if (count > 1) {
            throw InputError(path_ + " (" + description_ + "): column '" + name + "' appears " +
                             std::to_string(count) + " times; rename all but one");
        }
    }
    if (missing.empty()) return;
    throw InputError(path_ + " (" + description_ + "): no column " + joined(missing, ", ") +
                     "; columns there: " + joined(columns_, ", "));
}

void ColumnTable::check_readable(std::span<const std::string> names) {
    require(names);
    if (decoder_ == Decoder::own) return;
    io::detail::try_in_child(path_, [&] {
        for (std::size_t first = 0; first < rows_; first += block_rows_) {
            (void)read(first, block_rows_, names);
        }
    });
}

Matrix<double> ColumnTable::read(std::size_t first, std::size_t count,
                                 std::span<const std::string> names) {
    expects(first <= rows_, "the first row is within the table");
    require(names);
    std::vector<std::size_t> positions;
    for (const auto& name : names) {
        const auto found = std::ranges::find(columns_, name);
        positions.push_back(static_cast<std::size_t>(found - columns_.begin()));
    }
    const std::size_t end = first + std::min(count, rows_ - first);
    Matrix<double> values(end - first, names.size());
    for (std::size_t row = first; row < end;) {
        // Blocks end at multiples of block_rows, so that no chunk is unpacked for two of them.
        const std::size_t next = std::min(end, (row / block_rows_ + 1) * block_rows_);
        double* out = values.values().data() + (row - first) * names.size();
        read_block(row, next - row, positions, out);
        row = next;
    }
    return values;
}

}  // namespace lacathode
