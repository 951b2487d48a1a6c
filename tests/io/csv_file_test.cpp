// Tables written as CSV, read back by the reader of users' tables.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/io/column_table.hpp"
#include "lacathode/io/csv_file.hpp"
#include "lacathode/io/file_hash.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct CsvOutput : Scratch {
    std::string write(const std::vector<CsvColumn>& columns,
                      Overwrite overwrite = Overwrite::forbid) const {
        CsvFile file(path("t.csv"), overwrite);
        file.write(columns);
        return file.commit(some_provenance());
    }
};

TEST_F(CsvOutput, EveryNumberIsReadBack) {
    constexpr std::size_t rows = 10'000;  // more than are written at a time
    RandomStream random(1, "csv");
    std::vector<double> doubles;
    std::vector<float> floats;
    std::vector<std::int64_t> integers;
    for (std::size_t i = 0; i < rows; ++i) {
        doubles.push_back(std::ldexp(random.normal(), static_cast<int>(i % 600) - 300));
        floats.push_back(
            std::ldexp(static_cast<float>(random.normal()), static_cast<int>(i % 60) - 30));
        integers.push_back(static_cast<std::int64_t>(i) * 900'000'000'000 - 4'000'000'000'000'000);
    }
    doubles[0] = std::numeric_limits<double>::denorm_min();
    doubles[1] = -std::numeric_limits<double>::max();
    write({{"d", doubles}, {"f", floats}, {"i", integers}});
    const auto table = ColumnTable::open(path("t.csv"));
    ASSERT_EQ(table->rows(), rows);
    const Matrix<double> values = table->read(0, rows, table->columns());
    for (std::size_t row = 0; row < rows; ++row) {
        ASSERT_EQ(values(row, 0), doubles[row]) << row;
        ASSERT_EQ(static_cast<float>(values(row, 1)), floats[row]) << row;
        ASSERT_EQ(static_cast<std::int64_t>(values(row, 2)), integers[row]) << row;
    }
}

TEST_F(CsvOutput, FewestDigitsOfTheType) {
    write({{"m_jj", std::vector<double>{0.1, 3.5, 1e300}},
           {"score", std::vector<float>{0.1F, -std::nanf(""), 1.0F}}});
    EXPECT_EQ(bytes_of(path("t.csv")), "m_jj,score\n0.1,0.1\n3.5,nan\n1e+300,1\n");
}

// To a reader of integers 3e+05 is 3, or nothing.
TEST_F(CsvOutput, WholeNumbersHaveNoExponent) {
    write({{"run", std::vector<double>{3e5, -2e7, 9007199254740992.0, 1e16, 0.0}},
           {"x", std::vector<float>{1e5F, 16777216.0F, 1e8F, 0.5F, 1.0F}}});
    EXPECT_EQ(bytes_of(path("t.csv")),
              "run,x\n300000,100000\n-20000000,16777216\n9007199254740992,1e+08\n1e+16,0.5\n0,1\n");
}

TEST_F(CsvOutput, NamesAreQuotedWhereTheyMustBe) {
    const std::vector<std::string> names = {"# a", "b, c", "d \"e\"", " f", "g;h", "i\tj", "plain"};
    std::vector<CsvColumn> columns;
    for (const std::string& name : names) columns.push_back({name, std::vector<std::int64_t>{1}});
    write(columns);
    EXPECT_EQ(ColumnTable::open(path("t.csv"))->columns(), names);
    EXPECT_THAT(bytes_of(path("t.csv")), HasSubstr(",plain\n"));
}

TEST_F(CsvOutput, NoRows) {
    write({{"a", std::vector<double>{}}, {"b", std::vector<std::int64_t>{}}});
    EXPECT_EQ(bytes_of(path("t.csv")), "a,b\n");
}

TEST_F(CsvOutput, ReturnsTheHashOfItsBytes) {
    const std::string hash = write({{"a", std::vector<std::int64_t>(5000, 7)}});
    EXPECT_EQ(hash, file_hash(path("t.csv")));
}

TEST_F(CsvOutput, AppearsWhenItIsComplete) {
    text_file("t.csv", "precious");
    EXPECT_THAT(message_of<OutputError>([&] {
                    write({{"a", std::vector<std::int64_t>{1}}});
                }),
                HasSubstr("t.csv: exists; pass --force"));
    {
        CsvFile file(path("t.csv"), Overwrite::allow);
        file.write({{"a", std::vector<std::int64_t>{1}}});
        EXPECT_EQ(bytes_of(path("t.csv")), "precious");
    }  // without commit
    EXPECT_EQ(listing(), "t.csv");
    EXPECT_EQ(bytes_of(path("t.csv")), "precious");
    write({{"a", std::vector<std::int64_t>{1}}}, Overwrite::allow);
    EXPECT_EQ(bytes_of(path("t.csv")), "a\n1\n");
    EXPECT_EQ(listing(), "t.csv");
}

TEST_F(CsvOutput, ColumnsOfOneLength) {
    EXPECT_THROW(write({{"a", std::vector<std::int64_t>{1}}, {"b", std::vector<std::int64_t>{}}}),
                 ContractViolation);
    EXPECT_THROW(write({}), ContractViolation);
    EXPECT_EQ(listing(), "");
}

}  // namespace
}  // namespace lacathode::test
