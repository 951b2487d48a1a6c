#include "lacathode/io/csv_file.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <type_traits>

#include "io/content_hash.hpp"
#include "io/partial_file.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

constexpr std::size_t rows_at_a_time = 4096;

// In quotes where a reader could take it for something else.
std::string field_text(const std::string& name) {
    const bool blank_at_end = name.starts_with(' ') || name.ends_with(' ');
    if (!blank_at_end && name.find_first_of(",;\t\"#\r\n") == std::string::npos) return name;
    std::string quoted(1, '"');
    for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
    return quoted + '"';
}

template <class Number>
void append_number(std::string& text, Number value) {
    if constexpr (std::is_floating_point_v<Number>) {
        if (std::isnan(value)) {  // whose sign would be written too
            text += "nan";
            return;
        }
    }
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text.append(digits.data(), end);
}

std::size_t rows_of(const CsvColumn& column) {
    return std::visit([](const auto& values) { return values.size(); }, column.values);
}

void append_row(std::string& text, const std::vector<CsvColumn>& columns, std::size_t row) {
    for (const CsvColumn& column : columns) {
        if (&column != &columns.front()) text += ',';
        std::visit([&](const auto& values) { append_number(text, values[row]); }, column.values);
    }
    text += '\n';
}

}  // namespace

class CsvFile::Impl {
  public:
    Impl(const std::string& path, Overwrite overwrite)
        : partial_(path, overwrite), file_(partial_.name(), std::ios::binary) {
        if (!file_) fail();
    }

    void write(const std::string& text) {
        digest_.update(text.data(), text.size());
        file_.write(text.data(), static_cast<std::streamsize>(text.size()));
        if (!file_) fail();
    }

    std::string commit() {
        file_.close();
        if (!file_) fail();
        partial_.put_in_place();
        return digest_.text();
    }

  private:
    [[noreturn]] void fail() const {
        throw OutputError(partial_.target() + ": cannot write " + partial_.name() + ": " +
                          std::strerror(errno) + "; check free space, quota and permissions");
    }

    io::detail::PartialFile partial_;
    std::ofstream file_;
    io::detail::Digest digest_;
};

CsvFile::CsvFile(const std::string& path, Overwrite overwrite)
    : impl_(std::make_unique<Impl>(path, overwrite)) {}
CsvFile::~CsvFile() = default;
CsvFile::CsvFile(CsvFile&&) noexcept = default;
CsvFile& CsvFile::operator=(CsvFile&&) noexcept = default;

void CsvFile::write(const std::vector<CsvColumn>& columns) {
    expects(!columns.empty(), "a table has columns");
    const std::size_t rows = rows_of(columns.front());
    std::vector<std::string> names;
    for (const CsvColumn& column : columns) {
        expects(rows_of(column) == rows, "all columns have one length");
        names.push_back(field_text(column.name));
    }
    std::string text = joined(names) + '\n';
    for (std::size_t row = 0; row < rows; ++row) {
        append_row(text, columns, row);
        if ((row + 1) % rows_at_a_time != 0) continue;
        check_interrupt();
        impl_->write(text);
        text.clear();
    }
    impl_->write(text);
}

std::string CsvFile::commit(const Provenance& /*provenance*/) {
    return impl_->commit();
}

}  // namespace lacathode
