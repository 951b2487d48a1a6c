// Configuration files: what is read, and how everything wrong is said at once.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

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
    EXPECT_THAT(read_config(path_, mine, section_names()), ::testing::IsEmpty());
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
             {"prepare", "input_key", "7", "expected a string"},
             {"prepare", "input", "7", "expected a path as a string, or a list of paths"},
             {"prepare", "input", "[\"a.h5\", 7]", "expected a path as a string, or a list"},
             {"prepare", "input", "[\"a.h5\", \"\"]", "expected a path as a string, or a list"},
             {"prepare", "columns", "{\"m\": 1}", "expected an object of names and strings"},
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
    EXPECT_THAT(syntax_error(R"({"run": {"runs": 1, "sic": true, "runs": 2}})"),
                HasSubstr("': line 1, column 39: key 'runs' appears twice"));
    EXPECT_THAT(syntax_error("{\"run\": {},\n \"run\": {}}"),
                HasSubstr("line 2, column 6: key 'run' appears twice"));
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

struct Mistake {
    const char* content;
    const char* error;
};

TEST_F(ConfigFile, NotJson) {
    const std::string value =
        "expected a value: text in double quotes, a number, true, false, null, '[' or '{'";
    const std::vector<Mistake> mistakes = {
        {"{", "line 1, column 2: unexpected end of input, expected a key in double quotes"},
        {"{\"run\":\n {\"runs\": 1,}}",
         "line 2, column 13: unexpected '}', expected a key in double quotes"},
        {"{\n runs: 1}", "line 2, column 2: invalid literal, expected a key in double quotes"},
        {"{'runs': 1}", "line 1, column 2: invalid literal, expected a key in double quotes"},
        {"{\"a\": 1\n \"b\": 2}",
         "line 2, column 4: unexpected string literal, expected ',' or '}'"},
        {"{\"a\": 1", "line 1, column 8: unexpected end of input, expected ',' or '}'"},
        {"{\"a\" 1}", "line 1, column 6: unexpected number literal, expected ':'"},
        {"{\"a\": [1, 2}", "line 1, column 12: unexpected '}', expected ',' or ']'"},
        {"{\"a\": 1}\n}", "line 2, column 1: unexpected '}', expected the end of the file"},
        {"{\"\xc3\xa4\": 1.}", "line 1, column 9: invalid number; expected digit after '.'"},
        {"{\"a\": \"x\ny\"}", "line 1, column 9: invalid string: control character U+000A (LF)"},
        {"\"\xff\"", "line 1, column 2: invalid string: ill-formed UTF-8 byte"},
        {"{\"a\": 1 /* }", "invalid comment; missing closing '*/'"},
        {"{\"sample\": {\"bandwidth\": 1e999}}",
         "line 1, column 31: number overflow parsing '1e999'"},
    };
    for (const Mistake& mistake : mistakes) {
        const std::string error = syntax_error(mistake.content);
        EXPECT_THAT(error, AllOf(HasSubstr("' is not valid JSON: "), HasSubstr(mistake.error)))
            << mistake.content;
        EXPECT_THAT(error, Not(HasSubstr("\n"))) << mistake.content;
    }
    EXPECT_THAT(syntax_error(""), HasSubstr("line 1, column 1: unexpected end of input, " + value));
    EXPECT_THAT(syntax_error("{\"a\": tru}"), HasSubstr("column 10: invalid literal, " + value));
    EXPECT_THAT(complaint("[1, 2]"), HasSubstr("must hold one JSON object"));
}

TEST_F(ConfigFile, FilesAreRelativeToIt) {
    AllConfigs configs;
    read(
        R"({"prepare": {"input": ["a.h5", "b/*.h5", "/c.h5", "../d.h5"], "extra_background": "e"}})",
        configs);
    const std::string here = std::filesystem::path(path_).parent_path().string() + "/";
    EXPECT_THAT(configs.prepare.input.patterns,
                ::testing::ElementsAre(here + "a.h5", here + "b/*.h5", "/c.h5", here + "../d.h5"));
    EXPECT_THAT(configs.prepare.extra_background.patterns, ::testing::ElementsAre(here + "e"));
    read(R"({"prepare": {"extra_background": ""}})", configs);
    EXPECT_TRUE(configs.prepare.extra_background.empty());
}

// Its directory is no pattern, whatever its name; what comes through a pipe has no directory.
TEST_F(ConfigFile, FilesBesideOneInAStrangePlace) {
    const std::filesystem::path directory = path_ + "[1]";
    std::filesystem::create_directory(directory);
    std::filesystem::current_path(directory);
    AllConfigs configs;
    const auto patterns = [&](const std::string& path) {
        std::ofstream(directory / "c.json") << R"({"prepare": {"input": ["a*", "b"]}})";
        EXPECT_THAT(read_config(path, configs.sections(), section_names()), ::testing::IsEmpty());
        return configs.prepare.input.patterns;
    };
    EXPECT_THAT(patterns((directory / "c.json").string()),
                ::testing::ElementsAre(path_ + "\\[1]/a*", path_ + "[1]/b"));
    EXPECT_THAT(patterns("c.json"), ::testing::ElementsAre("a*", "b"));
    std::filesystem::current_path("/");
    std::filesystem::remove_all(directory);
}

// Nor does what a shell opened lie in /dev, as `--config /dev/stdin <config.json` would have it.
TEST_F(ConfigFile, FilesOfAPipeOrOfARedirectedFile) {
    const std::string content = R"({"prepare": {"input": ["a*", "b"]}})";
    const auto patterns = [](const std::string& place) {
        AllConfigs configs;
        EXPECT_THAT(read_config(place, configs.sections(), section_names()), ::testing::IsEmpty());
        return configs.prepare.input.patterns;
    };
    const std::string fifo = path("fifo");
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    const std::jthread writer([&] { std::ofstream(fifo) << content; });
    EXPECT_THAT(patterns(fifo), ::testing::ElementsAre("a*", "b"));
    std::ofstream(path_) << content;
    const int opened = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    EXPECT_THAT(patterns("/dev/fd/" + std::to_string(opened)), ::testing::ElementsAre("a*", "b"));
    close(opened);
}

TEST_F(ConfigFile, MissingFileIsAnInputError) {
    AllConfigs configs;
    try {
        (void)read_config(path_, configs.sections(), section_names());
        FAIL() << "no error";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("cannot open configuration file '" + path_ + "'"));
    }
}

}  // namespace
}  // namespace lacathode::test
