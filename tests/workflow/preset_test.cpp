// Presets: known keys, valid values, and what they leave alone.
#include <gmock/gmock.h>

#include "lacathode/config/setting.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/workflow/preset.hpp"
#include "workflow/all_configs.hpp"

namespace lacathode::test {
namespace {

TEST(Preset, EverySettingIsAKnownKeyWithAValidValue) {
    ASSERT_FALSE(presets().empty());
    for (const Preset& preset : presets()) {
        AllConfigs configs;
        for (const std::string& setting : preset.settings) {
            EXPECT_NO_THROW(apply_setting(setting, configs.sections())) << preset.name;
        }
        EXPECT_THAT(configs.problems(), ::testing::IsEmpty()) << preset.name;
    }
}

TEST(Preset, FastChangesTheTrainingAndNothingThatDefinesTheAnalysis) {
    AllConfigs configs;
    configs.train_flow.training.epochs = 77;
    apply_preset("fast", configs.sections());
    AllConfigs defaults;
    EXPECT_LT(configs.train_flow.training.epochs, defaults.train_flow.training.epochs);
    EXPECT_EQ(configs.train_flow.training.schedule, LearningRateSchedule::one_cycle);
    for (const Section& section : configs.sections()) {
        if (section.name.starts_with("train_")) continue;
        for (const Field& changed : section.fields) {
            EXPECT_EQ(value_text(changed),
                      value_text(field(defaults.sections(), section.name, changed.key)));
        }
    }
}

TEST(Preset, TheEnsembleCombinesBothModelsOfTheFastTraining) {
    AllConfigs configs;
    AllConfigs of_fast;
    apply_preset("ensemble", configs.sections());
    apply_preset("fast", of_fast.sections());
    EXPECT_EQ(configs.run.members, 10U);
    EXPECT_EQ(configs.run.models, (std::vector{ClassifierKind::mlp, ClassifierKind::trees}));
    EXPECT_EQ(configs.combine_scores.by, Combination::aligned);
    EXPECT_EQ(configs.train_flow.training.epochs, of_fast.train_flow.training.epochs);
    EXPECT_EQ(configs.train_classifier.training.epochs, of_fast.train_classifier.training.epochs);
}

TEST(Preset, SectionsOfOtherToolsAreLeftOut) {
    Score::Config score;
    const std::vector<Section> mine = {Score::section(score)};
    EXPECT_NO_THROW(apply_preset("fast", mine));
}

TEST(Preset, UnknownNameWithSuggestion) {
    AllConfigs configs;
    try {
        apply_preset("fsat", configs.sections());
        FAIL() << "no error";
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("--preset fsat: there is no such preset; "
                                                       "did you mean 'fast'?"));
    }
}

}  // namespace
}  // namespace lacathode::test
