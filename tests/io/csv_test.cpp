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
using ::testing::StartsWith;

struct Csv : Scratch {
    [[nodiscard]] Matrix<double> read(const std::string& content) const {
        const auto table = ColumnTable::open(text_file("x.csv", content));
        EXPECT_THAT(table->description(), StartsWith("CSV"));
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

TEST_F(Csv, TruthValuesAreOneAndZero) {
    EXPECT_THAT(read("a,b,c\nTrue,true,TRUE\nFalse,\"false\",FALSE\n").values(),
                ElementsAre(1, 1, 1, 0, 0, 0));
}

TEST_F(Csv, SemicolonsAndTabsSeparateToo) {
    const auto expect_table = [&](const std::string& content, const std::string& description) {
        const auto table = ColumnTable::open(text_file("x.csv", content));
        EXPECT_EQ(table->description(), description);
        EXPECT_THAT(table->columns(), ElementsAre("m, TeV", "x", "y"));
        const auto values = table->read(0, 9, table->columns());
        ASSERT_EQ(values.rows(), 2U) << content;
        EXPECT_EQ(values(0, 0), 1);
        EXPECT_EQ(values(0, 1), 2);
        EXPECT_TRUE(std::isnan(values(0, 2)));
        for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(std::isnan(values(1, i)));
    };
    expect_table("\"m, TeV\",x,y\n1,2,\n,,\n", "CSV");
    expect_table("\"m, TeV\" ; x;y\r\n1; 2;\r\n;;\r\n", "CSV separated by semicolons");
    expect_table("\"m, TeV\"\tx\ty\n1\t2\t\n\t\t\n", "CSV separated by tabs");
    EXPECT_EQ(ColumnTable::open(text_file("x.csv", "a,\tb\n1,\t2\n"))->columns().size(), 2U);
}

TEST_F(Csv, HeadersThatCanBeReadInTwoWaysAreRefused) {
    for (const char* header : {"a;b,c", "a,b\tc", "a;b\tc,d", "a\tb;c"}) {
        EXPECT_THAT(refusal(std::string(header) + "\n1;2,3\n"),
                    HasSubstr("line 1: the column names are separated by more than one of"));
    }
    EXPECT_THAT(refusal("a b c\n1 2 3\n"),
                HasSubstr("seem to be separated by blanks; separate names and numbers by commas"));
    EXPECT_THAT(read("\"a b\"\n1\n").values(), ElementsAre(1));
}

TEST_F(Csv, DecimalCommasAreNamed) {
    EXPECT_THAT(refusal("a;b\n1;2,5\n"),
                HasSubstr("'2,5' is not a number; write decimals with a point"));
}

TEST_F(Csv, EveryDigitCounts) {
    EXPECT_THAT(read("a\n0.1\n0.30000000000000004\n5e-324\n1e-400\n-1e-999\n").values(),
                ElementsAre(0.1, 0.1 + 0.2, 5e-324, 0.0, 0.0));
}

TEST_F(Csv, IntegersThatWouldBeRoundedAreRefused) {
    EXPECT_THAT(read("a\n9007199254740992\n-9007199254740994\n9007199254740993.0\n1e300\n"
                     "0018446744073709551616\n100000000000000000000\n")
                    .values(),
                ElementsAre(9007199254740992.0, -9007199254740994.0, 9007199254740992.0, 1e300,
                            18446744073709551616.0, 1e20));
    for (const std::string bad : {"9007199254740993", "-9007199254740993", "18446744073709551615",
                                  "18446744073709551617", "+20240101123456789012"}) {
        EXPECT_THAT(refusal("a\n" + bad + "\n"),
                    AllOf(HasSubstr("x.csv, line 2: column 'a': the integer " + bad),
                          HasSubstr("beyond 2^53")));
    }
}

TEST_F(Csv, LongFieldsAreToldInPart) {
    EXPECT_THAT(refusal("a\n" + std::string(1'000, 'x') + "\n"),
                HasSubstr("'" + std::string(80, 'x') + "...' is not a number"));
}

TEST_F(Csv, BadNumbersNameLineAndColumn) {
    for (const std::string bad :
         {"x", "1.5.2", "1e", "0x10", "1 2", "--1", "+-1", "1e999", "tRUE", "Trues", "+True"}) {
        EXPECT_THAT(refusal("a,b\n1,2\n# comment\n3," + bad + "\n"),
                    AllOf(HasSubstr("x.csv, line 4: column 'b': '" + bad + "' is not a number")));
    }
}

TEST_F(Csv, BadLinesAreNamed) {
    EXPECT_THAT(refusal("a,b\n1,2\n1\n"),
                HasSubstr("line 3: has 1 fields; the header names 2, separated by commas"));
    EXPECT_THAT(refusal("a,b\n1,2,3\n"), HasSubstr("line 2: has 3 fields"));
    EXPECT_THAT(refusal("a,b\n1,\"2\n"), HasSubstr("line 2: a quote is not closed"));
    EXPECT_THAT(refusal("a,b\n1,\"2\"3\n"), HasSubstr("line 2"));
    EXPECT_THAT(refusal("1,2\n3,4\n"), HasSubstr("the first line must name the columns"));
    EXPECT_THAT(refusal("a;b\n1,2\n"),
                HasSubstr("has 1 fields; the header names 2, separated by semi"));
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

// The row before must not stand for one that is gone.
TEST_F(Csv, AFileThatBecameShorterIsRefused) {
    const auto table = ColumnTable::open(text_file("x.csv", "a\n1\n2\n3\n"));
    text_file("x.csv", "a\n1\n2\n");
    EXPECT_THAT(message_of<InputError>([&] { (void)table->read(0, 3, table->columns()); }),
                HasSubstr("x.csv: became shorter while it was read"));
}

TEST(CsvLine, DelimiterOfAHeader) {
    const auto delimiter = [](const char* header) {
        return io::detail::find_delimiter(header).value_or('?');
    };
    EXPECT_EQ(delimiter("a"), ',');
    EXPECT_EQ(delimiter("a,b"), ',');
    EXPECT_EQ(delimiter(";a;"), ';');
    EXPECT_EQ(delimiter("\ta\tb"), '\t');
    EXPECT_EQ(delimiter("\"a;b\",\"c\td\""), ',');
    EXPECT_EQ(delimiter("\"a,\"\";b\";c"), ';');
    EXPECT_EQ(delimiter("5\" gun;b"), ';');
    EXPECT_EQ(delimiter("a ,\t b"), ',');
    EXPECT_EQ(delimiter("a;b,c"), '?');
    EXPECT_EQ(delimiter("a\tb;c"), '?');
}

TEST(CsvLine, Fields) {
    const auto split = [](const char* line, char delimiter = ',') {
        return io::detail::split_csv(line, delimiter).value();
    };
    EXPECT_THAT(split("a"), ElementsAre("a"));
    EXPECT_THAT(split("a,"), ElementsAre("a", ""));
    EXPECT_THAT(split(",,"), ElementsAre("", "", ""));
    EXPECT_THAT(split("\"\",\" x \", y "), ElementsAre("", " x ", "y"));
    EXPECT_THAT(split("\t\"a\tb\" \t", '\t'), ElementsAre("", "a\tb", ""));
    EXPECT_FALSE(io::detail::split_csv("\"a\"b").has_value());
}

}  // namespace
}  // namespace lacathode::test
