// Every layout of a user's table against an independent reading by h5py and Python's own pickle.
#include <gmock/gmock.h>

#include <cstring>
#include <sstream>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/column_table.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

struct Reference {
    std::vector<std::string> columns;
    Matrix<double> values;
};

struct ColumnTableTest : Scratch {
    void SetUp() override {
        Scratch::SetUp();
        ASSERT_TRUE(run_python("write_tables.py", {directory_.string()}));
    }

    /// reference_table.py writes a line of names, then float64 row by row.
    Reference reference(const std::string& file, const std::string& key) const {
        const std::string out = path("reference.bin");
        EXPECT_TRUE(run_python("reference_table.py", {file, key, out}));
        const std::string bytes = bytes_of(out);
        const auto line = bytes.find('\n');
        Reference table;
        std::istringstream names(bytes.substr(0, line));
        for (std::string name; std::getline(names, name, '\t');) table.columns.push_back(name);
        std::vector<double> values((bytes.size() - line - 1) / sizeof(double));
        std::memcpy(values.data(), bytes.data() + line + 1, values.size() * sizeof(double));
        table.values = {values.size() / table.columns.size(), table.columns.size(), values};
        return table;
    }

    void expect_reading(const std::string& file, const std::string& key,
                        const std::string& description, const std::string& given_key = "") const {
        const auto expected = reference(file, key);
        const auto table = ColumnTable::open(file, given_key);
        EXPECT_EQ(table->description(), description);
        EXPECT_THAT(table->columns(), ElementsAreArray(expected.columns));
        ASSERT_EQ(table->rows(), expected.values.rows());
        EXPECT_TRUE(table->read(0, table->rows(), table->columns()) == expected.values);
        expect_pieces(*table, expected);
    }

    // Some columns, backwards, in pieces that fit neither chunks nor blocks.
    static void expect_pieces(ColumnTable& table, const Reference& expected) {
        const std::vector<std::string> some = {expected.columns.back(), expected.columns.front()};
        for (std::size_t first = 0; first < table.rows(); first += 777) {
            const auto piece = table.read(first, 777, some);
            for (std::size_t row = 0; row < piece.rows(); ++row) {
                ASSERT_EQ(piece(row, 0), expected.values(first + row, expected.columns.size() - 1));
                ASSERT_EQ(piece(row, 1), expected.values(first + row, 0));
            }
        }
    }
};

TEST_F(ColumnTableTest, PandasFixed) {
    expect_reading(sample("fixed_float64.h5"), "/df", "pandas fixed, key '/df'");
    expect_reading(sample("fixed_float32_int_label.h5"), "/data", "pandas fixed, key '/data'");
    expect_reading(sample("fixed_shuffled_index_reversed_columns.h5"), "/df",
                   "pandas fixed, key '/df'", "df");
}

TEST_F(ColumnTableTest, PandasTable) {
    expect_reading(sample("table_float64_zlib.h5"), "/df", "pandas table, key '/df'", "/df/");
    expect_reading(sample("table_mixed_data_columns.h5"), "/events/features",
                   "pandas table, key '/events/features'");
    expect_reading(sample("table_mixed_data_columns.h5"), "/events/features",
                   "pandas table, key '/events/features'", "events/features");
}

// Bit fields of one byte as PyTables writes them, alone and in arrays.
TEST_F(ColumnTableTest, PandasTruthValues) {
    expect_reading(sample("truth_fixed.h5"), "/df", "pandas fixed, key '/df'");
    expect_reading(sample("truth_table.h5"), "/df", "pandas table, key '/df'");
}

TEST_F(ColumnTableTest, SampleHasTheKnownColumns) {
    const auto table = ColumnTable::open(sample("fixed_shuffled_index_reversed_columns.h5"));
    EXPECT_EQ(table->columns().size(), 15u);
    EXPECT_EQ(table->columns().front(), "label");
    EXPECT_EQ(table->columns().back(), "pxj1");
    EXPECT_EQ(table->rows(), 2000u);
    const std::vector<std::string> label = {"label"};
    const auto labels = table->read(0, 2000, label);
    for (const double value : labels.values()) {
        EXPECT_TRUE(value == 0 || value == 1);
    }
}

TEST_F(ColumnTableTest, GroupOfColumns) {
    expect_reading(path("columns.h5"), "/data", "HDF5 group of columns, key '/data'");
    expect_reading(path("root_columns.h5"), "/", "HDF5 group of columns, key '/'");
}

TEST_F(ColumnTableTest, Records) {
    expect_reading(path("records.h5"), "/events", "HDF5 records, key '/events'");
}

TEST_F(ColumnTableTest, IntegersAndTruthValuesBecomeNumbers) {
    const auto table = ColumnTable::open(path("columns.h5"));
    const std::vector<std::string> names = {"flag", "big_endian", "small"};
    const auto values = table->read(0, 3, names);
    EXPECT_THAT(values.values(), ElementsAreArray({1., 0., -3., 0., 1.5, -2., 1., 3., -1.}));
}

TEST_F(ColumnTableTest, SeveralTablesNeedAKey) {
    const auto message = message_of<InputError>([&] { (void)ColumnTable::open(path("many.h5")); });
    EXPECT_THAT(message, HasSubstr("holds 3 tables: '/a', '/b/records', '/df'; say which"));
    expect_reading(path("many.h5"), "/a", "HDF5 group of columns, key '/a'", "a");
    expect_reading(path("many.h5"), "/b/records", "HDF5 records, key '/b/records'", "b/records");
    const auto unknown =
        message_of<InputError>([&] { (void)ColumnTable::open(path("many.h5"), "c"); });
    EXPECT_THAT(unknown, HasSubstr("'c' is not in the file; tables there: '/a'"));
}

TEST_F(ColumnTableTest, FrameWithoutRows) {
    const auto table = ColumnTable::open(path("no_rows.h5"));
    EXPECT_EQ(table->rows(), 0u);
    EXPECT_EQ(table->read(0, 10, table->columns()).rows(), 0u);
}

}  // namespace
}  // namespace lacathode::test
