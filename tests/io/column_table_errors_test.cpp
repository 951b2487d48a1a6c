// Tables that cannot be read are refused with the reason and the remedy.
#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/column_table.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct ColumnTableErrors : Scratch {
    void SetUp() override {
        Scratch::SetUp();
        ASSERT_TRUE(run_python("write_tables.py", {directory_.string()}));
    }
    static std::string refusal(const std::string& file, const std::string& key = "",
                               const std::vector<std::string>& names = {}) {
        const auto message = message_of<InputError>([&] {
            const auto table = ColumnTable::open(file, key);
            (void)table->read(0, table->rows(), names);
        });
        EXPECT_THAT(message, HasSubstr(file));
        return message;
    }
};

TEST_F(ColumnTableErrors, UnavailableFilterIsNamed) {
    EXPECT_THAT(refusal(sample("fixed_float64_blosc.h5")),
                AllOf(HasSubstr("blosc (HDF5 filter 32001)"), HasSubstr("complib='zlib'")));
    EXPECT_THAT(refusal(path("lzf.h5")),
                AllOf(HasSubstr("'/data/x'"), HasSubstr("lzf"), HasSubstr("compression='gzip'")));
}

TEST_F(ColumnTableErrors, MissingColumnsAreListedWithThoseThere) {
    EXPECT_THAT(refusal(sample("fixed_float64.h5"), "", {"mj1", "no", "label", "nor this"}),
                AllOf(HasSubstr("no column 'no', 'nor this'"), HasSubstr("pxj1, pyj1, pzj1, mj1")));
}

TEST_F(ColumnTableErrors, NotATable) {
    EXPECT_THAT(refusal(path("no_table.h5")), HasSubstr("holds no table"));
    EXPECT_THAT(refusal(path("no_table.h5"), "matrix"), HasSubstr("'matrix' is not a table"));
    EXPECT_THAT(refusal(path("many.h5"), "different"), HasSubstr("'different' is not a table"));
    EXPECT_THAT(refusal(path("many.h5"), "series"), HasSubstr("'series' is not a table"));
    EXPECT_THAT(refusal(sample("fixed_float64.h5"), "dg"), HasSubstr("tables there: '/df'"));
    EXPECT_THAT(refusal(path("no.h5")), HasSubstr("no such file"));
    EXPECT_THAT(refusal(directory_.string()), HasSubstr("is a directory"));
}

TEST_F(ColumnTableErrors, ColumnsThatHoldNoNumbers) {
    EXPECT_THAT(refusal(path("odd.h5"), "records", {"name"}), HasSubstr("column 'name' does not"));
    EXPECT_THAT(refusal(path("odd.h5"), "records", {"x", "vector"}),
                HasSubstr("'vector' does not"));
    EXPECT_THAT(refusal(path("odd.h5"), "words", {"w"}), HasSubstr("column 'w' does not"));
    const std::vector<std::string> x = {"x"};
    EXPECT_EQ(ColumnTable::open(path("odd.h5"), "words")->read(0, 9, x).rows(), 5u);
    EXPECT_EQ(ColumnTable::open(path("odd.h5"), "records")->read(0, 9, x).rows(), 4u);
}

// pandas stores them as integers, which mean nothing without their unit.
TEST_F(ColumnTableErrors, DatesAndDurationsOfPandas) {
    const auto table = ColumnTable::open(path("times.h5"));
    ASSERT_EQ(table->rows(), 5u);
    const std::vector<std::string> x = {"x"};
    EXPECT_EQ(table->read(0, 5, x)(4, 0), 4.0);
    EXPECT_THAT(refusal(path("times.h5"), "", {"x", "then"}),
                HasSubstr("column 'then' does not hold numbers"));
    EXPECT_THAT(refusal(path("times.h5"), "", {"took"}),
                HasSubstr("column 'took' does not hold numbers"));
}

TEST_F(ColumnTableErrors, CodesAreNoNumbers) {
    const auto table = ColumnTable::open(path("coded_table.h5"));
    const std::vector<std::string> x = {"x"};
    EXPECT_EQ(table->read(0, 3, x)(2, 0), 1.0);
    for (const std::string column : {"jets", "when", "took", "kind"})
        EXPECT_THAT(refusal(path("coded_table.h5"), "", {column}),
                    HasSubstr("column '" + column + "' does not hold numbers"));
}

TEST_F(ColumnTableErrors, IntegersBeyondFloat64AreNotRounded) {
    EXPECT_THAT(refusal(path("odd.h5"), "integers", {"id"}),
                AllOf(HasSubstr("column 'id'"), HasSubstr("integers that float64 cannot hold")));
    EXPECT_THAT(refusal(path("odd.h5"), "records", {"id"}),
                HasSubstr("integers that float64 cannot hold"));
}

TEST_F(ColumnTableErrors, NaNIsDelivered) {
    const std::vector<std::string> x = {"x"};
    const auto values = ColumnTable::open(path("odd.h5"), "integers")->read(0, 2, x);
    EXPECT_EQ(values(0, 0), 1.0);
    EXPECT_TRUE(std::isnan(values(1, 0)));
}

TEST_F(ColumnTableErrors, BrokenPandasLayouts) {
    EXPECT_THAT(refusal(path("odd.h5"), "names"), HasSubstr("names of the 2 columns"));
    EXPECT_THAT(refusal(path("odd.h5"), "multi"), HasSubstr("several levels"));
    EXPECT_THAT(refusal(path("odd.h5"), "shape"),
                HasSubstr("has shape [5, 3], expected [rows, 2]"));
}

// One that is cut off must not shorten the table, nor a longer one lose what lies beyond it.
TEST_F(ColumnTableErrors, BlocksOfDifferentLengths) {
    const auto refuses = [&](const std::string& key, int block, int rows, int expected) {
        const std::string values =
            concat("'/", key, "/block", block, "_values' has shape [", rows, ", 1]");
        EXPECT_THAT(refusal(path("odd.h5"), key),
                    AllOf(HasSubstr(concat(values, ", expected [", expected, ", 1]")),
                          HasSubstr("write the DataFrame again")))
            << key;
    };
    refuses("blocks_of_5_6", 1, 6, 5);
    refuses("blocks_of_6_5", 1, 5, 6);
    refuses("blocks_of_5_5_4", 2, 4, 5);
    refuses("blocks_of_0_5", 1, 5, 0);
    refuses("blocks_of_5_0", 1, 0, 5);
}

// A category is no number: its codes could be negative, or mean nothing in this order.
TEST_F(ColumnTableErrors, EnumerationsOtherThanTruthValues) {
    EXPECT_THAT(refusal(path("odd.h5"), "codes", {"kind"}), HasSubstr("no column 'kind'"));
    EXPECT_THAT(refusal(path("odd.h5"), "coded", {"kind"}), HasSubstr("'kind' does not hold"));
}

// Else a file of some bytes could hold any number of zeros.
TEST_F(ColumnTableErrors, ValuesThatWereNeverWritten) {
    for (const char* key : {"unwritten", "never_written", "never_written_at_once"}) {
        EXPECT_THAT(refusal(path("odd.h5"), key),
                    HasSubstr("some of its values were never written"))
            << key;
    }
}

TEST_F(ColumnTableErrors, OtherFormatsAreNamed) {
    EXPECT_THAT(refusal(text_file("a.npz", "PK\x03\x04")), HasSubstr("npz"));
    EXPECT_THAT(refusal(text_file("a.npy", "\x93NUMPY\x01")), HasSubstr("numpy"));
    EXPECT_THAT(refusal(text_file("a.root", std::string("root\0\0\xf1\xe4", 8))),
                AllOf(HasSubstr("is a ROOT file; "),
                      HasSubstr("scripts/convert.py " + path("a.root") + " --output a.h5")));
    EXPECT_THAT(refusal(text_file("b.parquet", "PAR1....")),
                AllOf(HasSubstr("is a Parquet file; "), HasSubstr("--output b.h5")));
    EXPECT_THAT(refusal(text_file("a.bin", std::string("a\0b", 3))), HasSubstr("nor text"));
    EXPECT_EQ(ColumnTable::open(text_file("a.csv", "root_s,PK\n1,2\n"))->columns().size(), 2U);
}

}  // namespace
}  // namespace lacathode::test
