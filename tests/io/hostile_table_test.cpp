// Files that are sound to HDF5 and mean harm are refused, or read for what they are.
#include <gmock/gmock.h>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/column_table.hpp"
#include "lacathode/io/input_file.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct HostileTable : Scratch {
    void SetUp() override {
        Scratch::SetUp();
        ASSERT_TRUE(run_python("write_hostile.py", {directory_.string()}));
    }
    [[nodiscard]] std::string refusal(const std::string& name) const {
        return message_of<InputError>([&] { (void)ColumnTable::open(path(name)); });
    }
};

// To open the pipe that the links lead to would block the program.
TEST_F(HostileTable, LinksIntoOtherFilesAreNotFollowed) {
    EXPECT_THAT(ColumnTable::open(path("outside_column.h5"))->columns(), ElementsAre("mass"));
    EXPECT_THAT(refusal("outside_group.h5"), HasSubstr("holds no table"));
    EXPECT_THAT(refusal("outside_by_soft_link.h5"), HasSubstr("holds no table"));
}

TEST_F(HostileTable, ValuesInOtherFilesAreRefused) {
    for (const std::string name : {"virtual.h5", "external_storage.h5"}) {
        EXPECT_THAT(refusal(name), HasSubstr("has its values in other files")) << name;
    }
}

// Thirty groups with two links each have 2^30 paths.
TEST_F(HostileTable, GroupsAreVisitedOnce) {
    const auto table = ColumnTable::open(path("circles.h5"));
    EXPECT_EQ(table->description(), "HDF5 group of columns, key '/events'");
}

TEST_F(HostileTable, SizesThatOverflowAreRefused) {
    EXPECT_THAT(refusal("overflow.h5"),
                HasSubstr("an array of shape [8589934593, 2147483648] is too large"));
    const auto message = message_of<InputError>(
        [&] { InputFile(path("unsealed_overflow.h5"), FileFormat::metrics); });
    EXPECT_THAT(message, HasSubstr("is too large"));
}

// libhdf5 would read them from beyond its buffer.
TEST_F(HostileTable, FieldsOutsideTheirRecordAreRefused) {
    EXPECT_THAT(refusal("beyond_record.h5"), HasSubstr("field 'a' lies outside its record"));
}

TEST_F(HostileTable, CheckReadableReadsWhatIsAskedFor) {
    const auto table = ColumnTable::open(sample("table_mixed_data_columns.h5"));
    const std::vector<std::string> some = {"pxj1", "label"};
    EXPECT_NO_THROW(table->check_readable(some));
    const std::vector<std::string> more = {"pxj1", "nothing"};
    EXPECT_THROW(table->check_readable(more), InputError);
}

// What lies behind the first block of rows must not be new to the program itself.
TEST_F(HostileTable, CheckReadableReadsEveryRow) {
    const auto table = ColumnTable::open(path("late.h5"));
    const std::vector<std::string> id = {"id"};
    EXPECT_EQ(table->read(0, 65'536, id)(65'535, 0), 65'535);
    EXPECT_THAT(message_of<InputError>([&] { table->check_readable(id); }),
                HasSubstr("integers that float64 cannot hold"));
}

}  // namespace
}  // namespace lacathode::test
