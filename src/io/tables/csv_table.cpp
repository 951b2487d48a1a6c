// Text with a line of names and lines of numbers, read with memory for one line.
#include <algorithm>

#include "io/tables/csv_line.hpp"
#include "io/tables/layouts.hpp"
#include "io/tables/text_file.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"

namespace lacathode::io::detail {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

class CsvTable final : public ColumnTable {
  public:
    explicit CsvTable(const std::string& path)
        : ColumnTable(path, "CSV", Decoder::own), file_(path) {
        read_header();
        description_ = layout();
        count_rows();
    }

  private:
    /// A place from which reading can go on.
    struct Bookmark {
        std::uint64_t position = 0;
        std::size_t line = 0;  ///< lines before it
    };

    [[noreturn]] void fail(const std::string& problem) const {
        throw InputError(path_ + ", line " + std::to_string(line_) + ": " + problem);
    }

    [[nodiscard]] std::string layout() const {
        return std::string("CSV") +
               (delimiter_ == ',' ? "" : " separated by " + delimiter_name(delimiter_)) +
               (file_.compressed() ? ", compressed with gzip" : "");
    }

    /// Goes to the next line that is neither blank nor a comment; false at the end.
    bool next_line() {
        while (const auto line = file_.next_line()) {
            if (++line_ % 4096 == 0) check_interrupt();
            text_ = *line;
            if (line_ == 1 && text_.starts_with(byte_order_mark)) {
                text_.remove_prefix(byte_order_mark.size());
            }
            const auto content = trimmed(text_, delimiter_);
            if (!content.empty() && content.front() != '#') return true;
        }
        return false;
    }

    [[nodiscard]] std::vector<std::string> fields() const {
        auto split = split_csv(text_, delimiter_);
        if (!split) fail("a quote is not closed, or text follows a closing quote");
        return std::move(*split);
    }

    void read_header() {
        if (!next_line()) throw InputError(path_ + ": holds no line of column names");
        const auto delimiter = find_delimiter(text_);
        if (!delimiter) {
            fail(
                "the column names are separated by more than one of commas, semicolons and tabs; "
                "use one of them, and write a name that holds another in quotes");
        }
        delimiter_ = *delimiter;
        columns_ = fields();
        const auto is_number = [](const std::string& name) {
            return !name.empty() && parse_number(name).has_value();
        };
        if (std::ranges::all_of(columns_, is_number)) {
            fail("holds numbers; the first line must name the columns");
        }
        const std::string_view names = trimmed(text_);
        if (columns_.size() == 1 && names.front() != '"' &&
            names.find(' ') != std::string_view::npos) {
            fail(
                "the column names seem to be separated by blanks; separate names and numbers by "
                "commas, semicolons or tabs");
        }
    }

    void count_rows() {
        while (true) {
            const bool marked = rows_ % block_rows_ == 0;
            if (marked) bookmarks_.push_back({file_.position(), line_});
            if (!next_line()) break;
            ++rows_;
        }
        next_row_ = rows_;
    }

    /// Goes to a row, from the bookmark before it unless the next line is nearer.
    void go_to(std::size_t row) {
        if (row == next_row_) return;
        const std::size_t block = row / block_rows_;
        if (row < next_row_ || block * block_rows_ > next_row_) {
            file_.go_to(bookmarks_.at(block).position);
            line_ = bookmarks_[block].line;
            next_row_ = block * block_rows_;
        }
        for (; next_row_ < row; ++next_row_) next_line();
    }

    void read_block(std::size_t first, std::size_t count, std::span<const std::size_t> columns,
                    double* out) override {
        if (count == 0) return;
        go_to(first);
        for (std::size_t row = 0; row < count; ++row) {
            if (!next_line()) throw InputError(path_ + ": became shorter while it was read");
            parse_row(columns, out + row * columns.size());
            ++next_row_;
        }
    }

    void parse_row(std::span<const std::size_t> columns, double* out) const {
        const auto values = fields();
        if (values.size() != columns_.size()) {
            fail("has " + std::to_string(values.size()) + " fields; the header names " +
                 std::to_string(columns_.size()) + ", separated by " + delimiter_name(delimiter_));
        }
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto number = parse_number(values[columns[i]]);
            if (!number) {
                fail("column '" + columns_[columns[i]] + "': '" + shortened(values[columns[i]]) +
                     "' is not a number" + remedy(values[columns[i]]));
            }
            if (is_rounded_integer(values[columns[i]], *number)) {
                fail("column '" + columns_[columns[i]] + "': the integer " +
                     shortened(values[columns[i]]) +
                     " is beyond 2^53 and would be rounded to another one: leave the column out, "
                     "or split its digits over two");
            }
            out[i] = *number;
        }
    }

    [[nodiscard]] static std::string shortened(const std::string& field) {
        constexpr std::size_t most = 80;
        return field.size() <= most ? field : field.substr(0, most) + "...";
    }
    /// For a decimal comma, which stands in tables that are separated by something else.
    [[nodiscard]] static std::string remedy(const std::string& field) {
        return field.find(',') == std::string::npos ? "" : "; write decimals with a point";
    }

    TextFile file_;
    std::string_view text_;  ///< the line
    char delimiter_ = ',';
    std::size_t line_ = 0;
    std::size_t next_row_ = 0;
    std::vector<Bookmark> bookmarks_;  ///< of rows 0, block_rows, 2 block_rows, ...
};

}  // namespace

std::unique_ptr<ColumnTable> open_csv(const std::string& path) {
    return std::make_unique<CsvTable>(path);
}

}  // namespace lacathode::io::detail
