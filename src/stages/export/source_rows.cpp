#include "stages/export/source_rows.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/column_table.hpp"
#include "stages/prepare/input_roles.hpp"

namespace lacathode {
namespace {

// Positions of the rows in ascending order of the rows, so that tables are read once and forward.
std::vector<std::size_t> ascending(std::span<const std::int64_t> source_rows) {
    std::vector<std::size_t> order(source_rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return source_rows[i]; });
    return order;
}

// Walks through tables, and takes the rows that are asked for.
class RowCollector {
  public:
    RowCollector(const std::vector<std::string>& names, std::span<const std::int64_t> source_rows)
        : names_(names),
          source_rows_(source_rows),
          order_(ascending(source_rows)),
          next_(order_.begin()),
          values_(source_rows.size(), names.size()) {}

    void read(ColumnTable& table) {
        table.check_readable(names_);
        for (std::size_t row = 0; row < table.rows(); row += table.block_rows()) {
            check_interrupt();
            const std::size_t count = std::min(table.block_rows(), table.rows() - row);
            if (next_row() >= rows_ + count) {
                rows_ += count;
                continue;
            }
            take(table.read(row, count, names_));
            rows_ += count;
        }
    }

    [[nodiscard]] bool is_complete() const { return next_ == order_.end(); }
    /// Of the first row that is still missing.
    [[nodiscard]] std::int64_t missing() const { return source_rows_[*next_]; }
    [[nodiscard]] std::size_t rows() const { return rows_; }
    [[nodiscard]] Matrix<double> values() && { return std::move(values_); }

  private:
    [[nodiscard]] std::size_t next_row() const {
        if (is_complete()) return std::numeric_limits<std::size_t>::max();
        return static_cast<std::size_t>(source_rows_[*next_]);
    }

    void take(const Matrix<double>& block) {
        for (; next_row() < rows_ + block.rows(); ++next_) {
            std::ranges::copy(block.row(next_row() - rows_), values_.row(*next_).begin());
        }
    }

    const std::vector<std::string>& names_;
    std::span<const std::int64_t> source_rows_;
    std::vector<std::size_t> order_;
    std::vector<std::size_t>::const_iterator next_;
    Matrix<double> values_;
    std::size_t rows_ = 0;  // before the block that is read
};

// All of one role, in their order.
void append_role(const Provenance& provenance, const std::string& role,
                 std::vector<InputRecord>& records) {
    for (std::size_t number = 1;; ++number) {
        const std::string name = numbered_role(role, number);
        const auto found = std::ranges::find(provenance.inputs, name, &InputRecord::role);
        if (found == provenance.inputs.end()) return;
        records.push_back(*found);
    }
}

}  // namespace

std::vector<InputRecord> source_tables(const Provenance& provenance) {
    std::vector<InputRecord> records;
    for (const char* role : {events_role, extra_background_role})
        append_role(provenance, role, records);
    return records;
}

Matrix<double> read_source_rows(const std::vector<std::string>& paths, const std::string& key,
                                const std::vector<std::string>& names,
                                std::span<const std::int64_t> source_rows) {
    if (std::ranges::any_of(source_rows, [](std::int64_t row) { return row < 0; })) {
        throw InputError(
            "some of the events were generated and have no row in any table: keep "
            "columns of the events file only");
    }
    RowCollector rows(names, source_rows);
    for (const std::string& path : paths) rows.read(*ColumnTable::open(path, key));
    if (rows.is_complete()) return std::move(rows).values();
    throw InputError(concat(joined(paths, ", "), ": end after ", rows.rows(),
                            " rows, but an event has the source row ", rows.missing(),
                            ": name all tables that lacathode-prepare read, in their order"));
}

}  // namespace lacathode
