#include "lacathode/io/csv_file.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <type_traits>

#include "io/content_hash.hpp"
#include "io/partial_file.hpp"
#include "io/scratch_file.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/scratch.hpp"
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

using Digits = std::array<char, 32>;

template <std::integral Integer>
char* write_digits(Digits& digits, Integer value) {
    return std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
}

// A whole number without an exponent: readers of integers take 3e+05 for 3, or for nothing.
template <std::floating_point Float>
char* write_digits(Digits& digits, Float value) {
    constexpr Float last_exact = Float{1} / std::numeric_limits<Float>::epsilon();
    const bool is_whole = std::trunc(value) == value && std::abs(value) <= last_exact;
    char* const end = digits.data() + digits.size();
    return is_whole ? std::to_chars(digits.data(), end, value, std::chars_format::fixed).ptr
                    : std::to_chars(digits.data(), end, value).ptr;
}

template <class Number>
void append_number(std::string& text, Number value) {
    if constexpr (std::is_floating_point_v<Number>) {
        if (std::isnan(value)) {  // whose sign would be written too
            text += "nan";
            return;
        }
    }
    Digits digits{};
    text.append(digits.data(), write_digits(digits, value));
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
    Impl(const std::string& path, Overwrite overwrite) : partial_(path, overwrite) {
        constexpr unsigned private_mode = 0600;  // others may look there, but not beside the output
        if (!scratch_directory().empty()) {
            scratch_.emplace(io::detail::scratch_path(partial_.target()), Overwrite::allow,
                             private_mode);
        }
        file_.open(work_name(), std::ios::binary);
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
        if (scratch_) partial_.copy_from(scratch_->name());
        partial_.put_in_place();
        return digest_.text();
    }

  private:
    [[noreturn]] void fail() const {
        throw OutputError(concat(partial_.target(), ": cannot write ", work_name(),
                                 scratch_ ? " (--scratch): " : ": ", std::strerror(errno),
                                 "; check free space, quota and permissions"));
    }
    // Where the bytes go until the table is complete.
    [[nodiscard]] const std::string& work_name() const noexcept {
        return scratch_ ? scratch_->name() : partial_.name();
    }

    io::detail::PartialFile partial_;
    std::optional<io::detail::PartialFile> scratch_;  // never put in place
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
