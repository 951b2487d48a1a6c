// Configuration files: what is read, and how everything wrong is said at once.
#include <gmock/gmock.h>

#include <fstream>

#include "lacathode/core/errors.hpp"
#include "workflow/all_configs.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ConfigFile, KeysThatAreNotThereKeepTheirDefaults) {
    AllConfigs configs;
    read(R"({"train_flow": {"epochs": 3}, "common": {"backend": "engine"}})", configs);
    EXPECT_EQ(configs.train_flow.training.epochs, 3U);
    EXPECT_EQ(configs.train_flow.training.batch_size, 256U);
    EXPECT_EQ(configs.common.backend, Backend::engine);
}

TEST_F(ConfigFile, MayHoldComments) {
    AllConfigs configs;
    read("{\n// why\n\"run\": {\"retrainings\": 4 /* here */}}", configs);
    EXPECT_EQ(configs.run.retrainings, 4U);
}

TEST_F(ConfigFile, SectionsOfOtherToolsAreLeftAlone) {
    std::ofstream(path_) << R"({"train_flow": {"no_such_key": 1}, "score": {"block_rows": 5}})";
    Score::Config score;
    const std::vector<Section> mine = {Score::section(score)};
    read_config(path_, mine, section_names());
    EXPECT_EQ(score.block_rows, 5U);
}

TEST_F(ConfigFile, UnknownKeyWithSuggestion) {
    EXPECT_THAT(
        complaint(R"({"train_flow": {"epoch": 3}})"),
        AllOf(HasSubstr("unknown key 'train_flow.epoch'"), HasSubstr("did you mean 'epochs'?")));
    EXPECT_THAT(complaint(R"({"train_flow": {"lerning_rat": 3}})"),
                HasSubstr("did you mean 'learning_rate'?"));
    EXPECT_THAT(complaint(R"({"score": {"something_else": 3}})"),
                AllOf(HasSubstr("known: block_rows"), Not(HasSubstr("did you mean"))));
}

TEST_F(ConfigFile, UnknownSectionWithSuggestion) {
    EXPECT_THAT(
        complaint(R"({"train_flows": {}})"),
        AllOf(HasSubstr("unknown section 'train_flows'"), HasSubstr("did you mean 'train_flow'?")));
    EXPECT_THAT(complaint(R"({"something": {}})"), HasSubstr("known: common, prepare"));
}

TEST_F(ConfigFile, AllProblemsAtOnce) {
    EXPECT_THAT(complaint(R"({"train_flow": {"epochs": -3, "nonsense": 1, "hidden": "many"},
                              "run": [], "smaple": {}, "common": {"device": "tpu"}})"),
                AllOf(HasSubstr("'train_flow.epochs' = -3: expected a non-negative integer"),
                      HasSubstr("unknown key 'train_flow.nonsense'"),
                      HasSubstr("'train_flow.hidden' = \"many\": expected a non-negative integer"),
                      HasSubstr("section 'run' must be an object"),
                      HasSubstr("unknown section 'smaple'; did you mean 'sample'?"),
                      HasSubstr("'common.device' = \"tpu\": expected one of: cpu, cuda")));
}

struct WrongType {
    const char* section;
    const char* key;
    const char* value;
    const char* expected;
};

TEST_F(ConfigFile, WrongTypes) {
    for (const WrongType& wrong : std::vector<WrongType>{
             {"run", "methods", "\"cathode\"", "expected a list out of: lacathode, cathode"},
             {"run", "methods", "[1]", "expected a list out of: lacathode, cathode"},
             {"run", "methods", "[\"atode\"]", "no 'atode'; choose from: lacathode, cathode"},
             {"run", "sic", "1", "expected true or false"},
             {"run", "sic", "\"true\"", "expected true or false"},
             {"common", "threads", "1.5", "expected an integer"},
             {"common", "threads", "2147483648", "expected an integer"},
             {"common", "threads", "-2147483649", "expected an integer"},
             {"common", "threads", "18446744073709551615", "expected an integer"},
             {"common", "seed", "-1", "expected a non-negative integer"},
             {"common", "seed", "1e3", "expected a non-negative integer"},
             {"common", "seed", "18446744073709551616", "expected a non-negative integer"},
             {"common", "backend", "2", "expected one of: automatic, engine, torch"},
             {"sample", "bandwidth", "\"0.01\"", "expected a number"},
             {"sample", "bandwidth", "null", "expected a number"},
             {"prepare", "input", "7", "expected a string"},
             {"prepare", "features", "\"m_j1\"", "expected a list of strings"},
             {"prepare", "features", "[\"m_j1\", 2]", "expected a list of strings"},
             {"evaluate_sculpting", "efficiencies", "[0.1, true]", "expected a list of numbers"},
             {"train_classifier", "hidden", "[64, -1]", "expected a list of non-negative integers"},
             {"train_classifier", "hidden", "64", "expected a list of non-negative integers"},
             {"prepare", "shift", "[0.1]", "expected an object of names and numbers"},
             {"prepare", "shift", "{\"m_j1\": \"0.1\"}", "expected an object of names and numbers"},
         }) {
        const std::string content = std::string("{\"") + wrong.section + "\": {\"" + wrong.key +
                                    "\": " + wrong.value + "}}";
        const std::string place = std::string("'") + wrong.section + "." + wrong.key + "' = ";
        EXPECT_THAT(complaint(content), AllOf(HasSubstr(place), HasSubstr(wrong.expected)));
    }
}

TEST_F(ConfigFile, AKeyMayNotAppearTwice) {
    EXPECT_THAT(complaint(R"({"run": {"runs": 1, "sic": true, "runs": 2}})"),
                HasSubstr("key 'runs' appears twice"));
    EXPECT_THAT(complaint(R"({"run": {}, "score": {}, "run": {}})"),
                HasSubstr("key 'run' appears twice"));
    EXPECT_EQ(complaint(R"({"encode": {"block_rows": 1}, "score": {"block_rows": 2}})"), "");
}

TEST_F(ConfigFile, FormerNamesAreUnderstood) {
    AllConfigs configs;
    read(R"({"run": {"runs": 4}, "sample": {"states": 3}, "train_classifier": {"run": 2}})",
         configs);
    EXPECT_EQ(configs.run.retrainings, 4U);
    EXPECT_EQ(configs.sample.checkpoints, 3U);
    EXPECT_EQ(configs.train_classifier.retraining, 2U);
    EXPECT_THAT(complaint(R"({"run": {"runs": 4, "retrainings": 5}})"),
                HasSubstr("'run.runs' is the former name of 'retrainings', which is there too"));
}

TEST_F(ConfigFile, NotJson) {
    for (const char* content : {"", "{", "{\"run\": {\"runs\": 1,}}", "runs: 1", "\"\xff\"",
                                "{\"sample\": {\"bandwidth\": 1e999}}"}) {
        EXPECT_THAT(complaint(content), HasSubstr("is not valid JSON")) << content;
    }
    EXPECT_THAT(complaint("[1, 2]"), HasSubstr("must hold one JSON object"));
}

TEST_F(ConfigFile, MissingFileIsAnInputError) {
    AllConfigs configs;
    try {
        read_config(path_, configs.sections(), section_names());
        FAIL() << "no error";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("cannot open configuration file '" + path_ + "'"));
    }
}

}  // namespace
}  // namespace lacathode::test
