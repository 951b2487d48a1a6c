// The configurations that the repository ships.
#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "workflow/all_configs.hpp"

namespace lacathode::test {
namespace {

namespace fs = std::filesystem;

const fs::path configs_directory = fs::path(LACATHODE_SOURCE_DIR) / "configs";

AllConfigs read_repository_config(const fs::path& path) {
    AllConfigs configs;
    EXPECT_THAT(read_config(path.string(), configs.sections(), section_names()),
                ::testing::IsEmpty())
        << path;
    return configs;
}

TEST(RepositoryConfigs, AllLoadWithoutProblems) {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(configs_directory)) {
        if (entry.path().extension() != ".json") continue;
        ++files;
        AllConfigs configs = read_repository_config(entry.path());
        EXPECT_THAT(configs.problems(), ::testing::IsEmpty()) << entry.path();
        AllConfigs defaults;
        EXPECT_NE(to_json(configs.sections()), to_json(defaults.sections())) << entry.path();
    }
    EXPECT_GE(files, 8U);
}

TEST(RepositoryConfigs, StudiesHaveNoProblems) {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(configs_directory)) {
        const std::string folder = entry.path().parent_path().filename().string();
        if (folder != "paper" && folder != "studies") continue;
        ++files;
        Study study;
        CommonConfig common;
        std::vector<Section> all = sections(study);
        all.push_back(section(common));
        EXPECT_THAT(read_config(entry.path().string(), all, section_names()), ::testing::IsEmpty());
        EXPECT_THAT(problems(study), ::testing::IsEmpty()) << entry.path();
        EXPECT_EQ(study.study.name, entry.path().stem().string());
    }
    EXPECT_GE(files, 16U);
}

TEST(RepositoryConfigs, TheDemosInputIsThere) {
    const AllConfigs demo = read_repository_config(configs_directory / "demo.json");
    ASSERT_EQ(demo.prepare.input.patterns.size(), 1U);
    EXPECT_TRUE(fs::exists(demo.prepare.input.patterns.front())) << demo.prepare.input.text();
}

struct Setting {
    const char* section;
    const char* key;
    const char* value;
};

void expect_settings(AllConfigs& configs, const std::vector<Setting>& settings) {
    for (const auto& [section, key, value] : settings) {
        EXPECT_EQ(value_text(field(configs.sections(), section, key)), value)
            << section << '.' << key;
    }
}

// docs/method.md, sections 1 to 6: the papers' numbers, whether the file or a default says them.
const std::vector<Setting> papers = {
    {"prepare", "format", "\"lhco\""},
    {"prepare", "signal_region_low", "3.3"},
    {"prepare", "signal_region_high", "3.7"},
    {"prepare", "training_fraction", "0.5"},
    {"prepare", "validation_fraction", "0.16666666666666666"},
    {"train_flow", "hidden", "128"},
    {"train_flow", "blocks", "15"},
    {"train_flow", "epochs", "100"},
    {"train_flow", "batch_size", "256"},
    {"train_flow", "keep_best", "0"},  // ten
    {"train_flow", "learning_rate", "0.0001"},
    {"train_flow", "schedule", "\"constant\""},
    {"train_flow", "weight_decay", "1e-06"},
    {"sample", "training", "200000"},
    {"sample", "validation", "67000"},
    {"sample", "checkpoints", "1"},
    {"sample", "bandwidth", "0.01"},
    {"train_classifier", "model", "\"mlp\""},
    {"train_classifier", "hidden", "[64,64,64]"},
    {"train_classifier", "epochs", "100"},
    {"train_classifier", "batch_size", "128"},
    {"train_classifier", "keep_best", "10"},
    {"train_classifier", "learning_rate", "0.001"},
    {"train_classifier", "schedule", "\"constant\""},
    {"train_classifier", "weight_decay", "0.0"},
    {"evaluate_sic", "grid_points", "500"},
    {"evaluate_sic", "lowest_background_efficiency", "0.0001"},
    {"evaluate_sic", "minimum_background", "6.25"},
    {"evaluate_sculpting", "bins", "300"},
    {"run", "methods", R"(["lacathode","cathode"])"},
    {"run", "retrainings", "10"},
};

struct FeatureSet {
    const char* name;
    const char* features;
    const char* shift;
};
const std::vector<FeatureSet> feature_sets = {
    {"default", R"(["m_j1","delta_m","tau21_j1","tau21_j2"])", "{}"},
    {"shifted", R"(["m_j1","delta_m","tau21_j1","tau21_j2"])", R"({"delta_m":0.1,"m_j1":0.1})"},
    {"delta_r", R"(["m_j1","delta_m","tau21_j1","tau21_j2","delta_r"])", "{}"},
};

TEST(RepositoryConfigs, LhcoHasThePapersSettings) {
    std::set<fs::path> checked;
    for (const FeatureSet& set : feature_sets) {
        for (const bool signal : {true, false}) {
            const fs::path path =
                configs_directory / "lhco" /
                (std::string(set.name) + (signal ? "_signal" : "_background") + ".json");
            SCOPED_TRACE(path);
            checked.insert(path);
            AllConfigs configs = read_repository_config(path);
            expect_settings(configs, papers);
            expect_settings(configs, {{"prepare", "features", set.features},
                                      {"prepare", "shift", set.shift},
                                      {"prepare", "injected_signal", signal ? "1000" : "0"},
                                      {"run", "sic", signal ? "true" : "false"},
                                      {"run", "sculpting", signal ? "false" : "true"}});
            EXPECT_EQ(configs.prepare.extra_background.empty(), !signal);
            EXPECT_FALSE(configs.prepare.input.empty());
        }
    }
    for (const auto& entry : fs::directory_iterator(configs_directory / "lhco"))
        EXPECT_TRUE(checked.contains(entry.path())) << entry.path() << " is not checked";
}

// docs/method.md, sections 5 and 8.
TEST(RepositoryConfigs, TheToyHasThePapersSettings) {
    AllConfigs toy = read_repository_config(configs_directory / "toy.json");
    expect_settings(toy, {{"generate_toy", "events", "1000000"},
                          {"generate_toy", "features", "2"},
                          {"generate_toy", "correlation", "0.1"},
                          {"generate_toy", "mass_low", "-10.0"},
                          {"generate_toy", "mass_high", "10.0"},
                          {"generate_toy", "signal_region_low", "-0.3"},
                          {"generate_toy", "signal_region_high", "0.3"},
                          {"train_classifier", "hidden", "[64,64,64]"},
                          {"train_classifier", "epochs", "50"},
                          {"train_classifier", "batch_size", "128"},
                          {"train_classifier", "keep_best", "5"},
                          {"train_classifier", "learning_rate", "0.001"}});
}

}  // namespace
}  // namespace lacathode::test
