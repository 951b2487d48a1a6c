// The tables of an events file, found again by the roles that stage prepare gave them.
#include "stages/export/source_rows.hpp"

#include <gmock/gmock.h>

#include "stages/prepare/input_roles.hpp"

namespace lacathode::test {
namespace {

TEST(InputRoles, AreNumberedFromTheSecondFileOn) {
    EXPECT_EQ(numbered_role("events", 1), "events");
    EXPECT_EQ(numbered_role("events", 2), "events_2");
    EXPECT_EQ(numbered_role("events", 10), "events_10");
}

TEST(SourceTables, AreThoseOfTheDataThenOfExtraBackgroundByTheirNumbers) {
    Provenance provenance;
    provenance.inputs = {{"extra_background", "extra", ""},
                         {"events_2", "second", ""},
                         {"flow", "another", ""},
                         {"events", "first", ""},
                         {"extra_background_2", "more", ""},
                         {"events_4", "not counted", ""}};
    std::vector<std::string> paths;
    for (const InputRecord& table : source_tables(provenance)) paths.push_back(table.path);
    EXPECT_THAT(paths, ::testing::ElementsAre("first", "second", "extra", "more"));
}

}  // namespace
}  // namespace lacathode::test
