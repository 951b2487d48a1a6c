// The list of all stages: complete, and each stage one that programs can be made of.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/workflow/all_stages.hpp"

namespace lacathode::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Programs are made of the sources in src/stages (apps/CMakeLists.txt).
TEST(AllStages, AreThoseOfTheSources) {
    std::set<std::string> sources;
    const std::string directory = std::string(LACATHODE_SOURCE_DIR) + "/src/stages";
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        if (entry.path().extension() == ".cpp") sources.insert(entry.path().stem().string());
    }
    std::set<std::string> names;
    for (const auto& stage : all_stages()) {
        EXPECT_TRUE(names.insert(stage->name()).second) << stage->name() << " is there twice";
        EXPECT_EQ(make_stage(stage->name())->name(), stage->name());
    }
    EXPECT_EQ(names, sources);
    EXPECT_EQ(make_stage("no_stage"), nullptr);
}

TEST(AllStages, DescribeThemselves) {
    for (const auto& stage : all_stages()) {
        SCOPED_TRACE(stage->name());
        std::string tool = "lacathode-" + stage->name();
        std::ranges::replace(tool, '_', '-');
        EXPECT_TRUE(stage->example().starts_with(tool + " --"));
        EXPECT_EQ(stage->description().back(), '.');
        EXPECT_EQ(stage->section().name, stage->name());
        std::size_t outputs = 0;
        for (const Argument& argument : stage->arguments()) {
            EXPECT_EQ(argument.help.back(), '.') << argument.name;
            std::string option = "--" + argument.name + " ";
            std::ranges::replace(option, '_', '-');
            if (argument.presence == Presence::required) {
                EXPECT_THAT(stage->example(), HasSubstr(option));
            }
            outputs += argument.kind == ArgumentKind::output ? 1 : 0;
        }
        EXPECT_EQ(outputs, 1U);
    }
}

TEST(AllStages, AKeyIsNeverAlsoAnArgument) {
    for (const auto& stage : all_stages()) {
        for (const Argument& argument : stage->arguments()) {
            EXPECT_EQ(find_field(stage->section(), argument.name), nullptr)
                << stage->name() << ' ' << argument.name;
        }
    }
}

TEST(AllStages, DefaultsAreInRange) {
    for (const auto& stage : all_stages()) {
        EXPECT_THAT(range_problems(stage->section()), IsEmpty()) << stage->name();
    }
}

// Settings and arguments are bound to the stage that they came from.
TEST(AllStages, SettingsReachTheStage) {
    const auto stage = make_stage("generate_toy");
    set_from_text(*find_field(stage->section(), "events"), "3");
    EXPECT_THAT(stage->problems(), ::testing::ElementsAre(HasSubstr("generate_toy.events = 3")));
    EXPECT_THAT(make_stage("generate_toy")->problems(), IsEmpty());
    *std::get<std::string*>(stage->arguments().front().value) = "/no/such/directory/toy.h5";
    const StageContext context;
    EXPECT_THROW((void)stage->run(context), OutputError);
}

}  // namespace
}  // namespace lacathode::test
