// Every key of every section: declared well, printed and read back.
#include <gmock/gmock.h>

#include <set>

#include "workflow/all_configs.hpp"

namespace lacathode::test {
namespace {

using Sections = ConfigFile;

// JSON of a value that differs from any default.
struct OtherValue {
    std::string operator()(const bool* value) const { return *value ? "false" : "true"; }
    std::string operator()(const int*) const { return "-17"; }
    std::string operator()(const std::size_t*) const { return "18446744073709551615"; }
    std::string operator()(const double*) const { return "0.1234567890123456"; }
    std::string operator()(const std::string*) const { return R"("a \"b\" \\ ü, [c]")"; }
    std::string operator()(const std::vector<std::string>*) const { return R"(["p, q","r"])"; }
    std::string operator()(const std::vector<double>*) const { return "[0.25,1e-300,3.0]"; }
    std::string operator()(const std::vector<std::size_t>*) const { return "[7,0]"; }
    std::string operator()(const std::map<std::string, double>*) const { return R"({"x":-2.5})"; }
    std::string operator()(const Texts*) const { return R"({"x":"a, b"})"; }
    std::string operator()(const FilePatterns*) const { return R"(["/p, q.h5","/r_*.h5"])"; }
    std::string operator()(const Variations*) const {
        return R"([{"x":{"run":{"sic":false}},"y":{}},{"z":{}}])";
    }
    std::string operator()(const Choices& choices) const {
        return "[\"" + choices.names.back() + "\"]";
    }
    std::string operator()(const Choice& choice) const {
        return '"' + choice.names.at((choice.get() + 1) % choice.names.size()) + '"';
    }
};

TEST_F(Sections, EveryKeyIsPrintedAndReadBack) {
    AllConfigs changed;
    const std::string defaults = to_json(changed.sections());
    for (const Section& section : changed.sections()) {
        for (const Field& key : section.fields) {
            const std::string other = std::visit(OtherValue{}, key.value);
            const std::string before = value_text(key);
            set_from_text(key, other);
            EXPECT_NE(value_text(key), before) << section.name << '.' << key.key;
            if (!std::holds_alternative<double*>(key.value)) {
                EXPECT_EQ(value_text(key).size() > 2, other.size() > 2) << value_text(key);
            }
        }
    }
    const std::string printed = to_json(changed.sections());
    ASSERT_NE(printed, defaults);
    AllConfigs copy;
    read(printed, copy);
    EXPECT_EQ(to_json(copy.sections()), printed);
    EXPECT_EQ(to_json(copy.sections(), -1), to_json(changed.sections(), -1));
}

TEST_F(Sections, OneLineWhenAsked) {
    AllConfigs configs;
    EXPECT_EQ(to_json(configs.sections(), -1).find('\n'), std::string::npos);
    EXPECT_NE(to_json(configs.sections()).find('\n'), std::string::npos);
}

TEST_F(Sections, NamesAreKnownAndKeysUnique) {
    AllConfigs configs;
    std::vector<std::string> names;
    for (const Section& section : configs.sections()) {
        names.push_back(section.name);
        std::set<std::string> keys;
        for (const Field& key : section.fields) {
            EXPECT_TRUE(keys.insert(key.key).second) << section.name << '.' << key.key;
            EXPECT_EQ(key.help.back(), '.') << section.name << '.' << key.key;
            EXPECT_EQ(key.key.find_first_not_of("abcdefghijklmnopqrstuvwxyz_2"), std::string::npos);
        }
    }
    EXPECT_THAT(names, ::testing::UnorderedElementsAreArray(section_names()));
}

// The numbers of docs/method.md, section 3 and on, through the keys that users see.
TEST_F(Sections, DefaultsAreThePapers) {
    AllConfigs configs;
    const auto value = [&](const char* section, const char* key) {
        return value_text(field(configs.sections(), section, key));
    };
    EXPECT_EQ(value("prepare", "signal_region_low"), "3.3");
    EXPECT_EQ(value("prepare", "signal_region_high"), "3.7");
    EXPECT_EQ(value("prepare", "injected_signal"), "1000");
    // Set aside only for a method that trains on them.
    EXPECT_EQ(value("prepare", "extra_training"), "0");
    EXPECT_EQ(value("prepare", "extra_validation"), "0");
    EXPECT_EQ(value("train_flow", "hidden"), "128");
    EXPECT_EQ(value("train_flow", "blocks"), "15");
    EXPECT_EQ(value("train_flow", "epochs"), "100");
    EXPECT_EQ(value("train_flow", "batch_size"), "256");
    EXPECT_EQ(kept_checkpoints(configs.train_flow.training.keep_best, 100), 10U);
    EXPECT_EQ(value("train_flow", "learning_rate"), "0.0001");
    EXPECT_EQ(value("train_flow", "weight_decay"), "1e-06");
    EXPECT_EQ(value("sample", "training"), "200000");
    EXPECT_EQ(value("sample", "validation"), "67000");
    EXPECT_EQ(value("sample", "bandwidth"), "0.01");
    EXPECT_EQ(value("train_classifier", "hidden"), "[64,64,64]");
    EXPECT_EQ(value("train_classifier", "epochs"), "100");
    EXPECT_EQ(value("train_classifier", "batch_size"), "128");
    EXPECT_EQ(kept_checkpoints(configs.train_classifier.training.keep_best, 100), 10U);
    EXPECT_EQ(value("train_classifier", "learning_rate"), "0.001");
    EXPECT_EQ(value("train_classifier", "weight_decay"), "0.0");
    EXPECT_EQ(value("evaluate_sic", "minimum_background"), "6.25");
    EXPECT_EQ(value("evaluate_sculpting", "bins"), "300");
}

}  // namespace
}  // namespace lacathode::test
