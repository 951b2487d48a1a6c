// What a study's chains are.
#include "lacathode/workflow/study.hpp"

#include <gmock/gmock.h>

#include "lacathode/core/text.hpp"
#include "lacathode/io/output_file.hpp"
#include "support/scratch.hpp"
#include "workflow/shared_files.hpp"
#include "workflow/study_problems.hpp"

namespace lacathode::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

Study study_of(std::vector<std::vector<Alternative>> axes) {
    Study study;
    study.study.name = "figure";
    study.study.vary.axes = std::move(axes);
    study.chain.stages.of<Prepare>().input.patterns = {"table.h5"};
    return study;
}

TEST(Study, TheLastAxisVariesFastestAndNamesAreJoined) {
    const Study study = study_of({{{"a", R"({"common": {"seed": 7}})", ""}, {"b", "{}", ""}},
                                  {{"one", R"({"train_flow": {"blocks": 1}})", ""},
                                   {"two", R"({"train_flow": {"blocks": 2}})", ""}}});
    std::vector<std::string> names;
    std::vector<std::size_t> seeds;
    std::vector<std::size_t> blocks;
    for (const StudyChain& chain : chains_of(study, {})) {
        names.push_back(chain.name);
        seeds.push_back(chain.common.seed);
        blocks.push_back(chain.config.stages.of<TrainFlow>().architecture.blocks);
    }
    EXPECT_THAT(names, ElementsAre("a-one", "a-two", "b-one", "b-two"));
    EXPECT_THAT(seeds, ElementsAre(7, 7, 1, 1));
    EXPECT_THAT(blocks, ElementsAre(1, 2, 1, 2));
    EXPECT_THAT(problems(study), IsEmpty());
}

TEST(Study, WithoutVariationItIsOneRun) {
    const std::vector<StudyChain> chains = chains_of(study_of({}), {});
    ASSERT_EQ(chains.size(), 1U);
    EXPECT_EQ(chains.front().name, "run");
}

TEST(Study, AProblemOfAllChainsIsToldOnce) {
    Study study = study_of({{{"a", "{}", ""}, {"b", "{}", ""}}});
    study.chain.stages.of<TrainFlow>().box_margin = -1;
    EXPECT_THAT(problems(study), ElementsAre(testing::StartsWith("train_flow.box_margin = -1")));
}

// Each alternative says what the base lacks.
TEST(Study, TheBaseAloneNeedNotBeSound) {
    const auto expect_sound = [](const RunConfig& base, const char* one, const char* two) {
        const std::vector<Alternative> axis = {{"one", one, ""}, {"two", two, ""}};
        Study study = study_of({axis});
        study.chain.run = base;
        EXPECT_THAT(problems(study), IsEmpty()) << one;
        study.chain.run.retrainings = 0;
        EXPECT_THAT(problems(study), ElementsAre(testing::StartsWith("run.retrainings = 0")));
    };
    RunConfig hunt;
    hunt.hunt = true;
    expect_sound(hunt, R"({"run": {"folds": 2}})", R"({"run": {"folds": 3}})");
    RunConfig models;
    models.models = {ClassifierKind::mlp, ClassifierKind::trees};
    expect_sound(models, R"({"run": {"members": 2}})", R"({"run": {"members": 3}})");
    RunConfig methods;
    methods.methods = {};
    expect_sound(methods, R"({"run": {"methods": ["lacathode"]}})",
                 R"({"run": {"methods": ["cathode"]}})");
}

TEST(Study, AnAlternativeThatCannotBeReadHidesNoProblemOfOthers) {
    Study study = study_of({{{"typo", R"({"train_flow": {"block": 1, "keep_best": 500}})", ""},
                             {"best", R"({"train_flow": {"keep_best": 500}})", ""},
                             {"good", "{}", ""}},
                            {{"few", "{}", ""}, {"a/b", "{}", ""}}});
    study.study.panels = {"pie"};
    EXPECT_THAT(problems(study),
                testing::UnorderedElementsAre(
                    HasSubstr("no kind 'pie'"), HasSubstr("'typo': unknown key 'train_flow.block'"),
                    HasSubstr("'a/b' is no name"), HasSubstr("chain 'best-few': train_flow")));
    const std::vector<StudyChain> sound = sound_chains(study, {});
    ASSERT_EQ(sound.size(), 1U);
    EXPECT_EQ(sound.front().name, "good-few");
    study.study.vary.axes.front().resize(1);
    EXPECT_THAT(sound_chains(study, {}), IsEmpty());
}

TEST(Study, APanelNeedsAChainThatHasWhatItShows) {
    Study study = study_of({{{"cuts", R"({"run": {"sic": false}})", ""},
                             {"sic", R"({"run": {"sculpting": false}})", ""}}});
    study.chain.run.methods = {Method::cathode};
    study.study.panels = {"sic", "sic@sic/cat*", "mass@cuts", "losses@*/cathode"};
    EXPECT_THAT(problems(study), IsEmpty());
    study.study.panels = {"sic@cuts", "sic@*/catode", "local_p", "power", "sample_ratio"};
    EXPECT_THAT(problems(study),
                ElementsAre(HasSubstr("'sic@cuts': none of these chains has what it needs: set "
                                      "run.sic"),
                            HasSubstr("no method of these chains is called catode"),
                            HasSubstr("set run.hunt"), HasSubstr("set run.hunt and hunt.unblind"),
                            HasSubstr("set run.score_background")));
}

TEST(Study, BackgroundScoresOfFoldsAreNoPanel) {
    Study study = study_of({{{"split", "{}", ""}, {"folds", R"({"run": {"folds": 2}})", ""}}});
    study.chain.run.methods = {Method::cathode};
    study.chain.run.score_background = true;
    study.study.panels = {"sample_ratio", "sample_ratio@split", "losses@folds"};
    EXPECT_THAT(problems(study), IsEmpty());
    study.study.panels = {"sample_ratio@folds"};
    EXPECT_THAT(problems(study),
                ElementsAre("study.panels has 'sample_ratio@folds': none of these chains has what "
                            "it needs: set run.score_background and run.folds = 0, for a method "
                            "with a classifier and events with labels"));
}

// What scripts/plot.py cannot draw.
TEST(Study, APanelNeedsAMethodThatHasWhatItShows) {
    Study study = study_of({});
    const auto refused = [&](const std::vector<Method>& methods, const char* panel) {
        study.chain.run.methods = methods;
        study.study.panels = {panel};
        return problems(study);
    };
    const std::vector<Method> without_flow = {Method::cwola};
    EXPECT_THAT(refused({Method::lacathode}, "features"), ElementsAre(HasSubstr("as cathode")));
    EXPECT_THAT(refused(without_flow, "flow_losses"), ElementsAre(HasSubstr("one with a flow")));
    for (const char* panel : {"losses", "accuracy"}) {
        EXPECT_THAT(refused({Method::anode}, panel), ElementsAre(HasSubstr("with a classifier")));
        EXPECT_THAT(refused({Method::anode, Method::cathode}, panel), IsEmpty());
    }
    EXPECT_THAT(refused({Method::anode, Method::cathode}, "losses@*/anode"),
                ElementsAre(HasSubstr("with a classifier")));
    // Whatever method is chosen: the flow and the samples are the chain's.
    for (const char* panel : {"features@*/cwola", "flow_losses@*/cwola"})
        EXPECT_THAT(refused({Method::cathode, Method::cwola}, panel), IsEmpty()) << panel;
    study.chain.stages.of<TrainClassifier>().model = ClassifierKind::trees;
    EXPECT_THAT(refused({Method::cathode}, "accuracy"), ElementsAre(HasSubstr("to mlp")));
    EXPECT_THAT(refused({Method::cathode}, "losses"), IsEmpty());
    study.chain.run.members = 2;
    study.chain.run.models = {ClassifierKind::mlp, ClassifierKind::trees};
    EXPECT_THAT(refused({Method::cathode}, "accuracy"), IsEmpty());
}

TEST(Study, SampledBackgroundIsDrawnWithLabelsOnly) {
    Study study = study_of({});
    study.chain.run.methods = {Method::cathode};
    study.chain.run.sic = false;
    study.chain.run.score_background = true;
    study.study.panels = {"features", "sample_ratio"};
    EXPECT_THAT(problems(study), IsEmpty());
    Prepare::Config& prepare = study.chain.stages.of<Prepare>();
    prepare.format = InputFormat::table;
    EXPECT_THAT(problems(study),
                ElementsAre(HasSubstr("prepare.label_column"), HasSubstr("events with labels")));
    prepare.label_column = "truth";
    EXPECT_THAT(problems(study), IsEmpty());
    study.chain.run.pseudo_data = true;
    EXPECT_THAT(problems(study),
                ElementsAre(HasSubstr("pseudo-data have no labels"), HasSubstr("with labels")));
}

TEST(Study, SampledBackgroundIsOfNoTraining) {
    Study study = study_of({{{"split", "{}", ""}, {"more", R"({"common": {"seed": 2}})", ""}}});
    study.chain.run.methods = {Method::cathode, Method::cwola};
    study.chain.run.score_background = true;
    study.study.panels = {"sample_ratio"};
    EXPECT_THAT(problems(study),
                ElementsAre("study.panels has 'sample_ratio': chain 'split' has no background in "
                            "the signal region that cwola has not learned from: choose other "
                            "methods"));
    study.study.panels = {"sample_ratio@*/cathode"};
    EXPECT_THAT(problems(study), IsEmpty());
    study.chain.stages.of<TrainClassifier>().validation_fraction = 0.3;
    EXPECT_THAT(problems(study),
                ElementsAre(AllOf(HasSubstr("chain 'split'"), HasSubstr("cathode has not learned"),
                                  HasSubstr("train_classifier.validation_fraction = 0"))));
    // Of aligned members references are drawn.
    study.chain.run.methods = {Method::cathode};
    study.chain.run.members = 2;
    study.chain.stages.of<CombineScores>().by = Combination::aligned;
    EXPECT_THAT(problems(study), IsEmpty());
}

TEST(Study, SomePanelsCompareChainsOrCountEvents) {
    Study study = study_of({});
    study.study.panels = {"sic_ratio"};
    EXPECT_THAT(problems(study), ElementsAre(HasSubstr("no other chain has a method of chain")));
    study.study.vary.axes = {{{"one", "{}", ""}, {"two", "{}", ""}}};
    EXPECT_THAT(problems(study), IsEmpty());
    study.study.panels = {"max_sic", "significance"};
    EXPECT_THAT(problems(study), IsEmpty());
    study.chain.stages.of<Prepare>().weight_column = "w";
    EXPECT_THAT(problems(study), ElementsAre(HasSubstr("chain 'one' has events with weights"),
                                             HasSubstr("chain 'one' has events with weights")));
}

TEST(StudyProblems, AreToldOnceWithTheirChains) {
    StudyProblems found;
    EXPECT_NO_THROW(found.require_none());
    found.add("one", ExitCode::bad_input, "no such file");
    found.add("two", ExitCode::bad_input, "no signal");
    found.add("two", ExitCode::bad_input, "no such file");
    found.add("two", ExitCode::bad_input, "no such file");  // of its second fold
    found.collect("", [] { throw OutputError("the disk is full"); });
    EXPECT_THAT([&] { found.require_none(); },
                ThrowsMessage<InputError>(testing::Eq("the study cannot be made:\n"
                                                      "  chains 'one', 'two': no such file\n"
                                                      "  chain 'two': no signal\n"
                                                      "  the disk is full")));
    found.add_settings({"chain 'three': a number is wrong"});
    EXPECT_THAT([&] { found.require_none(); },
                ThrowsMessage<UsageError>(HasSubstr("\n  chain 'three': a number is wrong")));
}

TEST(StudyProblems, OfManyChainsNameAFew) {
    const auto told = [](std::size_t chains) {
        StudyProblems found;
        for (std::size_t i = 1; i <= chains; ++i)
            found.add(concat("toy", i), ExitCode::bad_input, "no such file");
        try {
            found.require_none();
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_THAT(told(4), HasSubstr("\n  chains 'toy1', 'toy2', 'toy3', 'toy4': no such"));
    EXPECT_THAT(told(5), HasSubstr("'toy4' and 1 other: no such file"));
    EXPECT_THAT(told(600), HasSubstr("\n  chains 'toy1', 'toy2', 'toy3', 'toy4' and 596 others: "));
}

Step step(const std::string& stage, const std::string& config,
          const std::vector<std::string>& inputs, int algorithm = 1,
          const std::string& choice = "") {
    Step result{};
    result.stage = stage;
    result.config = config;
    result.algorithm = algorithm;
    for (const std::string& input : inputs) result.inputs.push_back({"input", input});
    result.choices = {choice};
    return result;
}

TEST(SharedFiles, APathStandsForAllThatTheContentDependsOn) {
    SharedFiles files("out/shared");
    const auto path = [&](const Step& of) { return files.path_of(of); };
    const std::string one = path(step("encode", "{}", {"out/shared/prepare_1.h5"}));
    EXPECT_TRUE(one.starts_with("out/shared/encode_")) << one;
    EXPECT_EQ(path(step("encode", "{}", {"out/shared/prepare_1.h5"})), one);
    const std::vector<std::string> others = {
        path(step("score", "{}", {"out/shared/prepare_1.h5"})),
        path(step("encode", "{ }", {"out/shared/prepare_1.h5"})),
        path(step("encode", "{}", {"out/shared/prepare_2.h5"})),
        path(step("encode", "{}", {"out/shared/prepare_1.h5", "out/shared/prepare_1.h5"})),
        path(step("encode", "{}", {"out/shared/prepare_1.h5"}, 2)),
        path(step("encode", "{}", {"out/shared/prepare_1.h5"}, 1, "cathode"))};
    EXPECT_THAT(others, testing::Each(testing::Ne(one)));
}

using SharedFilesOnDisk = Scratch;

TEST_F(SharedFilesOnDisk, AnInputFromOutsideIsKnownByItsContent) {
    const auto written = [&](const char* text) {
        const std::string table = text_file("table", text);
        return SharedFiles("out/shared").path_of(step("prepare", "{}", {table}));
    };
    const std::string first = written("one");
    EXPECT_NE(written("two"), first);
    EXPECT_EQ(written("one"), first);
}

// Whoever made it, and when: as its content hash says.
TEST_F(SharedFilesOnDisk, AnInputOfOursIsKnownByItsContentHash) {
    const auto written = [&](const std::string& command_line, double value) {
        Provenance made = some_provenance();
        made.command_line = command_line;
        OutputFile events(path("events.h5"), FileFormat::events, Overwrite::allow);
        events.write_vector<double>("/mass", {value});
        events.commit(made);
        return SharedFiles("out/shared").path_of(step("prepare", "{}", {path("events.h5")}));
    };
    const std::string first = written("first", 1);
    EXPECT_EQ(written("second", 1), first);
    EXPECT_NE(written("first", 2), first);
}

}  // namespace
}  // namespace lacathode::test
