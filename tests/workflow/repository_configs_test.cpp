// The configurations that the repository ships.
#include <gmock/gmock.h>

#include "workflow/all_configs.hpp"

namespace lacathode::test {
namespace {

TEST(RepositoryConfigs, AllLoadWithoutProblems) {
    std::size_t files = 0;
    const std::string root = std::string(LACATHODE_SOURCE_DIR) + "/configs";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.path().extension() != ".json") continue;
        ++files;
        AllConfigs configs;
        ASSERT_NO_THROW(read_config(entry.path().string(), configs.sections(), section_names()))
            << entry.path();
        EXPECT_THAT(configs.problems(), ::testing::IsEmpty()) << entry.path();
        AllConfigs defaults;
        EXPECT_NE(to_json(configs.sections()), to_json(defaults.sections())) << entry.path();
    }
    EXPECT_GE(files, 8U);
}

}  // namespace
}  // namespace lacathode::test
