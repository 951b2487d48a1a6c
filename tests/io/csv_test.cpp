// Tables as text.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "io/tables/csv_line.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/io/column_table.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Csv : Scratch {
    [[nodiscard]] Matrix<double> read(const std::string& content) const {
        const auto table = ColumnTable::open(text_file("x.csv", content));
        EXPECT_EQ(table->description(), "CSV");
        return table->read(0, table->rows(), table->columns());
    }
    [[nodiscard]] std::string refusal(const std::string& content) const {
        return message_of<InputError>([&] { (void)read(content); });
    }
};

TEST_F(Csv, NumbersCommentsBlanksAndQuotes) {
    const auto table = ColumnTable::open(
        text_file("events.h5",  // a misleading name
                  "\xEF\xBB\xBF# made by hand\n\n m_jj , \"tau, 21\",\"a \"\"b\"\"\"\r\n"
                  "1,2.5,-3e2\r\n# between\n \n+4, \"5\" ,1e-400000\n"));
    EXPECT_THAT(table->columns(), ElementsAre("m_jj", "tau, 21", "a \"b\""));
    EXPECT_EQ(table->rows(), 2u);
    const std::vector<std::string> names = {"tau, 21", "m_jj"};
    EXPECT_THAT(table->read(0, 5, names).values(), ElementsAre(2.5, 1, 5, 4));
}

TEST_F(Csv, SpecialValuesAreDelivered) {
    const auto values = read("a,b,c,d\nnan,,inf,-INF");
    EXPECT_TRUE(std::isnan(values(0, 0)));
    EXPECT_TRUE(std::isnan(values(0, 1)));
    EXPECT_EQ(values(0, 2), std::numeric_limits<double>::infinity());
    EXPECT_EQ(values(0, 3), -std::numeric_limits<double>::infinity());
}

TEST_F(Csv, EveryDigitCounts) {
    EXPECT_THAT(read("a\n0.1\n0.30000000000000004\n5e-324\n").values(),
                ElementsAre(0.1, 0.1 + 0.2, 5e-324));
}

TEST_F(Csv, BadNumbersNameLineAndColumn) {
    for (const std::string bad :
         {"x", "1.5.2", "1e", "0x10", "1 2", "--1", "+-1", "1e999", "True"}) {
        EXPECT_THAT(refusal("a,b\n1,2\n# comment\n3," + bad + "\n"),
                    AllOf(HasSubstr("x.csv, line 4: column 'b': '" + bad + "' is not a number")));
    }
}

TEST_F(Csv, BadLinesAreNamed) {
    EXPECT_THAT(refusal("a,b\n1,2\n1\n"), HasSubstr("line 3: has 1 fields; the header names 2"));
    EXPECT_THAT(refusal("a,b\n1,2,3\n"), HasSubstr("line 2: has 3 fields"));
    EXPECT_THAT(refusal("a,b\n1,\"2\n"), HasSubstr("line 2: a quote is not closed"));
    EXPECT_THAT(refusal("a,b\n1,\"2\"3\n"), HasSubstr("line 2"));
    EXPECT_THAT(refusal("1,2\n3,4\n"), HasSubstr("the first line must name the columns"));
    EXPECT_THAT(refusal("a;b\n1;2\n"), HasSubstr("separate them by commas"));
    EXPECT_THAT(refusal("# nothing\n"), HasSubstr("holds no line of column names"));
    EXPECT_THAT(refusal("a,a\n1,2\n"), HasSubstr("column 'a' appears 2 times"));
}

TEST_F(Csv, KeyBelongsToHdf5) {
    const auto message = message_of<InputError>(
        [&] { (void)ColumnTable::open(text_file("x.csv", "a\n1\n"), "df"); });
    EXPECT_THAT(message, HasSubstr("has no key 'df'"));
}

TEST_F(Csv, HeaderAloneIsATableWithoutRows) {
    EXPECT_EQ(read("a,b\n").rows(), 0u);
    EXPECT_EQ(read("a,b").rows(), 0u);
}

// 200,000 rows are four blocks; any place is reached from any other.
TEST_F(Csv, RowsAreReadInAnyOrder) {
    std::string content = "row,half\n";
    for (int row = 0; row < 200'000; ++row) {
        if (row % 1000 == 0) content += "# " + std::to_string(row) + "\n";
        content += std::to_string(row) + "," + std::to_string(row / 2) + "\n";
    }
    const auto table = ColumnTable::open(text_file("x.csv", content));
    ASSERT_EQ(table->rows(), 200'000u);
    const std::vector<std::string> names = {"half", "row"};
    for (const std::size_t first :
         {0u, 150'000u, 65'530u, 70'000u, 65'536u, 199'990u, 3u, 199'999u}) {
        const auto values = table->read(first, 20, names);
        ASSERT_EQ(values.rows(), std::min<std::size_t>(20, 200'000 - first));
        for (std::size_t i = 0; i < values.rows(); ++i) {
            ASSERT_EQ(values(i, 1), static_cast<double>(first + i));
            // NOLINTNEXTLINE(bugprone-integer-division): the column holds row / 2, rounded down
            ASSERT_EQ(values(i, 0), static_cast<double>((first + i) / 2));
        }
    }
}

TEST(CsvLine, Fields) {
    const auto split = [](const char* line) { return io::detail::split_csv(line).value(); };
    EXPECT_THAT(split("a"), ElementsAre("a"));
    EXPECT_THAT(split("a,"), ElementsAre("a", ""));
    EXPECT_THAT(split(",,"), ElementsAre("", "", ""));
    EXPECT_THAT(split("\"\",\" x \", y "), ElementsAre("", " x ", "y"));
    EXPECT_FALSE(io::detail::split_csv("\"a\"b").has_value());
}

}  // namespace
}  // namespace lacathode::test
