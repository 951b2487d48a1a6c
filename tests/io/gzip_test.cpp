// Text compressed with gzip: read as the text itself is, and refused if not whole.
#include <gmock/gmock.h>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/column_table.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Gzip : Scratch {
    /// The content compressed, by Python.
    [[nodiscard]] std::string packed(const std::string& content) const {
        EXPECT_TRUE(run_python("write_gzip.py", {text_file("plain", content), path("packed")}));
        return bytes_of(path("packed"));
    }
    [[nodiscard]] std::unique_ptr<ColumnTable> open(const std::string& bytes) const {
        return ColumnTable::open(text_file("events.csv", bytes));
    }
    [[nodiscard]] std::string refusal(const std::string& bytes) const {
        return message_of<InputError>([&] {
            const auto table = open(bytes);
            (void)table->read(0, table->rows(), table->columns());
        });
    }
    /// Rows "row,half", some 3 MB: several buffers, and four blocks of rows.
    static std::string long_table() {
        std::string content = "row,half\n";
        for (int row = 0; row < 200'000; ++row) {
            content += std::to_string(row) + "," + std::to_string(row * 0.5) + "\n";
        }
        return content;
    }
};

TEST_F(Gzip, IsKnownByItsContentAndReadAsTheText) {
    const auto table = open(packed("a;b\n1;2\n3;4\n"));
    EXPECT_EQ(table->description(), "CSV separated by semicolons, compressed with gzip");
    EXPECT_THAT(table->read(0, 2, table->columns()).values(), ElementsAre(1, 2, 3, 4));
}

TEST_F(Gzip, RowsAreReadInAnyOrder) {
    const auto table = open(packed(long_table()));
    ASSERT_EQ(table->rows(), 200'000U);
    for (const std::size_t first : {150'000U, 65'530U, 0U, 199'990U, 3U}) {
        const auto values = table->read(first, 10, table->columns());
        for (std::size_t i = 0; i < values.rows(); ++i) {
            ASSERT_EQ(values(i, 0), static_cast<double>(first + i));
            ASSERT_EQ(values(i, 1), static_cast<double>(first + i) / 2);
        }
    }
}

TEST_F(Gzip, MembersInARowAreOneText) {
    const std::string bytes = packed("a,b\n1,2\n") + packed("3,") + packed("4\n");
    const auto table = open(bytes + std::string(1000, '\0'));  // filled up, as tapes are
    EXPECT_THAT(table->read(0, 9, table->columns()).values(), ElementsAre(1, 2, 3, 4));
}

TEST_F(Gzip, CutOffAnywhereIsRefused) {
    const std::string whole = packed("a,b\n1,2\n3,4\n");
    for (std::size_t length = 2; length < whole.size(); ++length) {
        EXPECT_THAT(refusal(whole.substr(0, length)),
                    AllOf(HasSubstr("events.csv: its gzip data ends too early, it was cut off"),
                          HasSubstr("copy or download it again")))
            << length;
    }
    const std::string large = packed(long_table());
    EXPECT_THAT(refusal(large.substr(0, large.size() / 2)), HasSubstr("cut off"));
}

TEST_F(Gzip, DamageIsRefused) {
    std::string bytes = packed(long_table());
    bytes[bytes.size() / 2] ^= 0x10;
    EXPECT_THAT(refusal(bytes), AnyOf(HasSubstr("its gzip data is damaged"), HasSubstr("line ")));
    bytes = packed("a\n1\n");
    bytes[bytes.size() - 5] ^= 1;  // of the check sum
    EXPECT_THAT(refusal(bytes), HasSubstr("damaged (incorrect data check)"));
}

// A member whose first byte is damaged must not be taken for what may be ignored.
TEST_F(Gzip, WhatFollowsTheLastMemberIsRefused) {
    std::string second = packed("3,4\n");
    second[0] ^= 1;
    EXPECT_THAT(refusal(packed("a,b\n1,2\n") + second), HasSubstr("is followed by something else"));
    EXPECT_THAT(refusal(packed("a,b\n1,2\n") + "\n"), HasSubstr("is followed by something else"));
}

// 64 MiB without a newline in 64 KiB: neither kept in memory nor read for ever.
TEST_F(Gzip, ALineWithoutEndIsRefused) {
    EXPECT_THAT(refusal(packed("a,b\n" + std::string(std::size_t{64} << 20, '1'))),
                HasSubstr("a line is longer than 16 MiB"));
}

TEST_F(Gzip, OtherFormatsInsideAreNamed) {
    EXPECT_THAT(refusal(packed(bytes_of(sample("truth_fixed.h5")))),
                HasSubstr("behind its gzip compression is an HDF5 file; unpack it first: gunzip"));
    EXPECT_THAT(refusal(packed(packed("a\n1\n"))), HasSubstr("is compressed twice"));
    EXPECT_THAT(refusal(packed("PAR1\x15")), HasSubstr("is a Parquet file"));
}

}  // namespace
}  // namespace lacathode::test
