// The steps of a chain: their names, files, and what they are made from.
#include "workflow/chain_plan.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

#include "workflow/chain_layout.hpp"

namespace lacathode::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ChainConfig chain(const std::vector<Method>& methods) {
    ChainConfig config;
    config.run.methods = methods;
    config.stages.of<Prepare>().input.patterns = {"table.h5"};
    return config;
}

std::vector<Step> steps_of(const ChainConfig& config) {
    EXPECT_THAT(problems(config), IsEmpty());
    const StageContext context;
    return plan_chain(config, context, "out").steps;
}

std::vector<std::string> names_of(const ChainConfig& config) {
    std::vector<std::string> names;
    for (const Step& step : steps_of(config)) names.push_back(step.name);
    return names;
}

// What the step that makes the file reads.
std::vector<std::string> inputs_of(const ChainConfig& config, const std::string& output) {
    std::vector<std::string> paths;
    for (const Step& step : steps_of(config)) {
        if (step.output != "out/" + output + ".h5") continue;
        for (const StageInput& input : step.inputs) paths.push_back(input.path);
    }
    return paths;
}

std::vector<std::string> models_of(const ChainConfig& config) {
    std::vector<std::string> models;
    for (const Step& step : steps_of(config)) {
        if (step.stage != TrainClassifier::name) continue;
        for (const std::string& model : classifier_kinds()) {
            if (step.config.find(concat("\"model\":\"", model)) != std::string::npos)
                models.push_back(model);
        }
    }
    return models;
}

TEST(ChainPlan, OneMemberIsTheRetrainingItself) {
    ChainConfig config = chain({Method::cathode});
    config.run.retrainings = 2;
    config.run.score_background = true;
    for (const Retrain member : {Retrain::classifier, Retrain::all}) {
        config.run.member = member;
        EXPECT_THAT(
            names_of(config),
            ElementsAre("prepare", "train_flow_0", "cathode/sample_0", "cathode/train_classifier_0",
                        "cathode/score_0", "cathode/score_background_0", "train_flow_1",
                        "cathode/sample_1", "cathode/train_classifier_1", "cathode/score_1",
                        "cathode/score_background_1", "cathode/sic", "cathode/sculpting"));
        EXPECT_THAT(inputs_of(config, "cathode/scores_01"),
                    ElementsAre("out/cathode/classifier_01.h5", "out/events.h5"));
        EXPECT_THAT(inputs_of(config, "cathode/background_scores_01"),
                    ElementsAre("out/cathode/classifier_01.h5", "out/samples_01.h5"));
    }
}

TEST(ChainPlan, MembersShareTheFlowOfTheirRetraining) {
    ChainConfig config = chain({Method::lacathode});
    config.run.retrainings = 2;
    config.run.members = 2;
    EXPECT_THAT(
        names_of(config),
        ElementsAre("prepare", "train_flow_0", "encode_0", "lacathode/sample_0",
                    "lacathode/train_classifier_0", "lacathode/score_0",
                    "lacathode/train_classifier_1", "lacathode/score_1",
                    "lacathode/combine_scores_0", "train_flow_1", "encode_1", "lacathode/sample_1",
                    "lacathode/train_classifier_2", "lacathode/score_2",
                    "lacathode/train_classifier_3", "lacathode/score_3",
                    "lacathode/combine_scores_1", "lacathode/sic", "lacathode/sculpting"));
    EXPECT_THAT(inputs_of(config, "lacathode/classifier_03"),
                ElementsAre("out/latent_01.h5", "out/normal_01.h5"));
    EXPECT_THAT(
        inputs_of(config, "lacathode/scores_01"),
        ElementsAre("out/lacathode/member_scores_02.h5", "out/lacathode/member_scores_03.h5"));
    EXPECT_THAT(inputs_of(config, "lacathode/sic"),
                ElementsAre("out/lacathode/scores_00.h5", "out/lacathode/scores_01.h5"));
    EXPECT_EQ(config.run.flows(), 2U);
    config.run.retrain = Retrain::classifier;
    EXPECT_THAT(inputs_of(config, "lacathode/classifier_03"),
                ElementsAre("out/latent_00.h5", "out/normal_00.h5"));
    EXPECT_EQ(config.run.flows(), 1U);
}

TEST(ChainPlan, MembersMayHaveFlowsOfTheirOwn) {
    ChainConfig config = chain({Method::lacathode});
    config.run.retrainings = 2;
    config.run.members = 2;
    config.run.member = Retrain::all;
    config.run.check_flow = true;
    EXPECT_THAT(inputs_of(config, "lacathode/classifier_02"),
                ElementsAre("out/latent_02.h5", "out/normal_02.h5"));
    EXPECT_THAT(inputs_of(config, "check_03"), ElementsAre("out/events.h5", "out/flow_03.h5"));
    EXPECT_EQ(flow_checks(config.run, "out").size(), 4U);
}

TEST(ChainPlan, AlignedMembersHaveScoresOfBackground) {
    ChainConfig config = chain({Method::cathode});
    config.run.members = 2;
    config.stages.of<CombineScores>().by = Combination::aligned;
    const std::vector<std::string> inputs = {
        "out/cathode/member_scores_00.h5", "out/cathode/member_scores_01.h5",
        "out/cathode/member_background_scores_00.h5", "out/cathode/member_background_scores_01.h5"};
    EXPECT_EQ(inputs_of(config, "cathode/scores_00"), inputs);
    EXPECT_THAT(inputs_of(config, "cathode/background_scores_00"), IsEmpty());
    EXPECT_THAT(inputs_of(config, "cathode/member_background_scores_01"),
                ElementsAre("out/cathode/classifier_01.h5", "out/samples_00.h5"));
    config.run.score_background = true;
    EXPECT_THAT(inputs_of(config, "cathode/background_scores_00"),
                ElementsAre(inputs[2], inputs[3], inputs[2], inputs[3]));
    config.stages.of<CombineScores>().by = Combination::mean;
    EXPECT_THAT(inputs_of(config, "cathode/background_scores_00"),
                ElementsAre(inputs[2], inputs[3]));
    EXPECT_THAT(inputs_of(config, "cathode/scores_00"), ElementsAre(inputs[0], inputs[1]));
}

TEST(ChainPlan, EachFoldIsAChainOfItsOwn) {
    ChainConfig config = chain({Method::lacathode});
    config.run.folds = 2;
    EXPECT_THAT(
        names_of(config),
        ElementsAre("fold_0/prepare", "fold_0/train_flow_0", "fold_0/encode_0",
                    "fold_0/lacathode/sample_0", "fold_0/lacathode/sample_reference_0",
                    "fold_0/lacathode/train_classifier_0", "fold_0/lacathode/score_0",
                    "fold_0/lacathode/score_background_0", "fold_1/prepare", "fold_1/train_flow_0",
                    "fold_1/encode_0", "fold_1/lacathode/sample_0",
                    "fold_1/lacathode/sample_reference_0", "fold_1/lacathode/train_classifier_0",
                    "fold_1/lacathode/score_0", "fold_1/lacathode/score_background_0",
                    "lacathode/combine_folds_0", "lacathode/sic", "lacathode/sculpting"));
    EXPECT_THAT(inputs_of(config, "fold_1/lacathode/classifier_00"),
                ElementsAre("out/fold_1/latent_00.h5", "out/fold_1/normal_00.h5"));
    EXPECT_THAT(inputs_of(config, "fold_1/lacathode/background_scores_00"),
                ElementsAre("out/fold_1/lacathode/classifier_00.h5",
                            "out/fold_1/lacathode/reference_00.h5"));
    EXPECT_THAT(
        inputs_of(config, "lacathode/scores_00"),
        ElementsAre("out/fold_0/lacathode/scores_00.h5", "out/fold_1/lacathode/scores_00.h5",
                    "out/fold_0/lacathode/background_scores_00.h5",
                    "out/fold_1/lacathode/background_scores_00.h5"));
}

TEST(ChainPlan, FoldsDifferInTheEventsTheyHoldOut) {
    ChainConfig config = chain({Method::cathode});
    config.run.folds = 3;
    std::vector<std::string> prepared;
    for (const Step& step : steps_of(config))
        if (step.stage == Prepare::name) prepared.push_back(step.config);
    ASSERT_EQ(prepared.size(), 3U);
    EXPECT_THAT(prepared[2], AllOf(HasSubstr("\"fold\":2"), HasSubstr("\"folds\":3")));
}

// Members are combined first, and their combination is what is aligned.
TEST(ChainPlan, MembersOfAFoldAreCombinedBeforeTheFolds) {
    ChainConfig config = chain({Method::cathode});
    config.run.folds = 2;
    config.run.members = 2;
    EXPECT_THAT(inputs_of(config, "fold_0/cathode/background_scores_00"),
                ElementsAre("out/fold_0/cathode/member_background_scores_00.h5",
                            "out/fold_0/cathode/member_background_scores_01.h5"));
    EXPECT_THAT(
        inputs_of(config, "fold_0/cathode/member_background_scores_01"),
        ElementsAre("out/fold_0/cathode/classifier_01.h5", "out/fold_0/cathode/reference_00.h5"));
    EXPECT_THAT(inputs_of(config, "cathode/scores_00"),
                ElementsAre("out/fold_0/cathode/scores_00.h5", "out/fold_1/cathode/scores_00.h5",
                            "out/fold_0/cathode/background_scores_00.h5",
                            "out/fold_1/cathode/background_scores_00.h5"));
}

// Validation events of the training's background, which align members elsewhere, have been learned
// from.
TEST(ChainPlan, MembersThatDrawTheirValidationEventsAreAlignedByAReference) {
    ChainConfig config = chain({Method::lacathode});
    config.run.members = 2;
    config.stages.of<CombineScores>().by = Combination::aligned;
    const auto scored = [&] {
        return inputs_of(config, "lacathode/member_background_scores_01").at(1);
    };
    EXPECT_EQ(scored(), "out/normal_00.h5");
    config.stages.of<TrainClassifier>().validation_fraction = 0.2;
    EXPECT_THAT(problems(config), IsEmpty());
    EXPECT_EQ(scored(), "out/lacathode/reference_00.h5");
    config.stages.of<EvaluateSic>().part = EvaluatedPart::validation;
    EXPECT_THAT(problems(config), ElementsAre(HasSubstr("leaves no validation events")));
    config = chain({Method::curtains});
    config.stages.of<TrainClassifier>().validation_fraction = 0.2;
    EXPECT_THAT(problems(config), IsEmpty());
    config.run.folds = 2;
    EXPECT_THAT(problems(config),
                ElementsAre(HasSubstr("no background that no training has seen")));
}

// There is only so much true background.
TEST(ChainPlan, TrueBackgroundIsItsOwnReference) {
    ChainConfig config = chain({Method::idealised});
    config.stages.of<Prepare>().extra_background.patterns = {"extra.h5"};
    config.stages.of<Prepare>().extra = {10, 10};
    config.run.folds = 2;
    EXPECT_THAT(
        inputs_of(config, "fold_1/idealised/background_scores_00"),
        ElementsAre("out/fold_1/idealised/classifier_00.h5", "out/fold_1/idealised/background.h5"));
}

TEST(ChainPlan, EveryFlowOfEveryFoldIsChecked) {
    ChainConfig config = chain({Method::lacathode});
    config.run.folds = 2;
    config.run.retrainings = 2;
    config.run.check_flow = true;
    EXPECT_THAT(inputs_of(config, "fold_1/check_01"),
                ElementsAre("out/fold_1/events.h5", "out/fold_1/flow_01.h5"));
    EXPECT_THAT(flow_checks(config.run, "out"),
                ElementsAre("out/fold_0/check_00.h5", "out/fold_0/check_01.h5",
                            "out/fold_1/check_00.h5", "out/fold_1/check_01.h5"));
}

// A flow of the data makes the events that all else starts from.
TEST(ChainPlan, PseudoDataTakeTheInputsPlace) {
    ChainConfig config = chain({Method::lacathode});
    config.run.folds = 2;
    config.run.pseudo_data = true;
    config.run.sic = config.run.sculpting = false;
    config.run.hunt = true;
    config.stages.of<Prepare>().split.injected_signal = 700;
    config.stages.of<PseudoData>().signal_region_low = 3;
    config.stages.of<PseudoData>().signal_region_high = 4;
    const std::vector<std::string> names = names_of(config);
    ASSERT_EQ(names.size(), 3U + 2 * 8 + 2);
    EXPECT_THAT(std::vector(names.begin(), names.begin() + 5),
                ElementsAre("base/prepare", "base/train_flow_0", "pseudo_data", "fold_0/prepare",
                            "fold_0/train_flow_0"));
    EXPECT_THAT(inputs_of(config, "pseudo_data"),
                ElementsAre("out/base/events.h5", "out/base/flow_00.h5"));
    EXPECT_THAT(inputs_of(config, "fold_1/events"), ElementsAre("out/pseudo_data.h5"));
    std::vector<std::string> prepared;
    for (const Step& step : steps_of(config))
        if (step.stage == Prepare::name) prepared.push_back(step.config);
    EXPECT_THAT(prepared[0], AllOf(HasSubstr("\"injected_signal\":700"),
                                   HasSubstr("\"signal_region_low\":3.0,")));
    EXPECT_THAT(prepared[1],
                AllOf(HasSubstr("\"injected_signal\":0"), HasSubstr("\"signal_region_low\":3.3,"),
                      HasSubstr("\"format\":\"events\"")));
}

// Events of the user's may be without a seal, as earlier versions wrote them.
TEST(ChainPlan, FilesFromOutsideAreReadAlone) {
    ChainConfig config = chain({Method::lacathode});
    const auto read_alone = [&] {
        const ChainPlan plan = plan_chain(config, StageContext(), "out");
        std::vector<std::string> names;
        for (const Step& step : plan.steps)
            if (step.alone) names.push_back(step.name);
        return names;
    };
    for (const InputFormat format : {InputFormat::table, InputFormat::events}) {
        config.stages.of<Prepare>().format = format;
        EXPECT_THAT(read_alone(), ElementsAre("prepare"));
    }
    config.run.pseudo_data = true;
    EXPECT_THAT(read_alone(), ElementsAre("base/prepare"));
}

// What decides over a step's content, by its name.
std::string config_of(const ChainConfig& config, const std::string& name) {
    for (const Step& step : steps_of(config))
        if (step.name == name) return step.config;
    ADD_FAILURE() << "no step " << name;
    return {};
}

// Each toy is searched anew with everything retrained.
TEST(ChainPlan, CutsOfAHuntMakeNoOtherPseudoData) {
    ChainConfig config = chain({Method::lacathode});
    config.run.pseudo_data = true;
    config.run.sic = false;
    const std::string before = config_of(config, "pseudo_data");
    SpectrumSettings& spectrum = config.stages.of<FitBackground>();
    spectrum.efficiencies = {0.1};
    spectrum.toys = 17;
    spectrum.efficiency_low = 2.5;
    spectrum.least_degree = 1;
    spectrum.most_degree = 3;
    EXPECT_EQ(config_of(config, "pseudo_data"), before);
    spectrum.bin_width = 0.2;
    EXPECT_NE(config_of(config, "pseudo_data"), before);
}

// "Use smaller block_rows" is what the programs advise when memory is short.
TEST(ChainPlan, EventsInMemoryChangeNoContent) {
    ChainConfig config = chain({Method::lacathode});
    const std::string before = config_of(config, "encode_0");
    EXPECT_THAT(before, HasSubstr("\"block_rows\":65536"));  // as in files of earlier versions
    config.stages.of<Encode>().block_rows = 1000;
    EXPECT_EQ(config_of(config, "encode_0"), before);
    EXPECT_EQ(config.stages.of<Encode>().block_rows, 1000U);
}

TEST(ChainPlan, KeysOfOneModelTrainNoOther) {
    ChainConfig config = chain({Method::cathode});
    config.run.members = 2;
    config.run.models = {ClassifierKind::mlp, ClassifierKind::trees};
    const auto network = [&] { return config_of(config, "cathode/train_classifier_0"); };
    const auto trees = [&] { return config_of(config, "cathode/train_classifier_1"); };
    const std::string network_before = network();
    const std::string trees_before = trees();
    TrainClassifier::Config& classifier = config.stages.of<TrainClassifier>();
    classifier.trees.trees = 7;
    EXPECT_EQ(network(), network_before);
    EXPECT_NE(trees(), trees_before);
    classifier.trees = TrainClassifier::Config().trees;
    classifier.hidden = {8};
    classifier.adam.learning_rate = 0.5;
    classifier.training.epochs = 50;
    EXPECT_NE(network(), network_before);
    EXPECT_EQ(trees(), trees_before);
    config.run.members = 1;
    config.run.models.clear();
    classifier.model = ClassifierKind::trees;
    EXPECT_THAT(config_of(config, "cathode/train_classifier_0"), HasSubstr("\"epochs\":100"));
}

TEST(ChainPlan, AStepKnowsItsDevice) {
    StageContext context;
    context.common.device = Device::cuda;
    const ChainPlan plan = plan_chain(chain({Method::lacathode}), context, "out");
    for (const Step& step : plan.steps) EXPECT_EQ(step.device, Device::cuda);
}

TEST(ChainPlan, APathOfPseudoDataIsNoPattern) {
    ChainConfig config = chain({Method::lacathode});
    config.run.pseudo_data = true;
    const StageContext context;
    const ChainPlan plan = plan_chain(config, context, "out[1]*");
    const auto prepare = std::ranges::find(plan.steps, "prepare", &Step::name);
    ASSERT_NE(prepare, plan.steps.end());
    EXPECT_EQ(prepare->inputs.at(0).path, "out[1]*/pseudo_data.h5");
}

// References of several flows are no common ones.
TEST(ChainPlan, MembersWithFlowsOfTheirOwnScoreNoReferences) {
    ChainConfig config = chain({Method::lacathode, Method::anode});
    config.run.members = 2;
    config.run.member = Retrain::all;
    EXPECT_THAT(problems(config), IsEmpty());
    config.run.score_background = true;
    EXPECT_THAT(problems(config),
                ElementsAre(AllOf(HasSubstr("run.member = all"), HasSubstr("lacathode"))));
    config = chain({Method::lacathode});
    config.run.members = 2;
    config.run.member = Retrain::all;
    config.run.folds = 2;
    EXPECT_THAT(problems(config), ElementsAre(HasSubstr("run.member = classifier")));
    config.run.members = 1;
    EXPECT_THAT(problems(config), IsEmpty());
}

TEST(ChainPlan, PseudoDataHaveNoTruth) {
    ChainConfig config = chain({Method::idealised});
    config.stages.of<Prepare>().extra_background.patterns = {"extra.h5"};
    config.stages.of<Prepare>().extra = {10, 10};
    config.run.pseudo_data = true;
    EXPECT_THAT(problems(config), ElementsAre(HasSubstr("idealised, which needs the truth"),
                                              HasSubstr("run.sic needs the truth")));
}

// Tests of independent events, which copies are none of.
TEST(ChainPlan, CopiesAreKeptTogetherAndNotTested) {
    ChainConfig config = chain({Method::lacathode});
    config.run.sic = false;
    config.run.pseudo_data = true;
    config.run.check_flow = true;
    EXPECT_THAT(problems(config), IsEmpty());
    config.stages.of<PseudoData>().source = PseudoSource::bootstrap;
    EXPECT_THAT(problems(config),
                ElementsAre(HasSubstr("only folds keep its copies together: set run.folds"),
                            HasSubstr("run.sculpting tests independent events, and "
                                      "pseudo_data.source = bootstrap has copies"),
                            HasSubstr("run.check_flow tests independent events")));
    config.run.folds = 2;
    config.run.sculpting = config.run.check_flow = false;
    EXPECT_THAT(problems(config), IsEmpty());
    config.run.sculpting = config.run.check_flow = true;  // of the data themselves
    config.run.pseudo_data = false;
    EXPECT_THAT(problems(config), IsEmpty());
}

TEST(ChainPlan, WhatFoldsCannotBeIsRefused) {
    ChainConfig config = chain({Method::cwola, Method::anode, Method::lacathode});
    config.run.folds = 2;
    config.stages.of<EvaluateSic>().part = EvaluatedPart::validation;
    config.stages.of<Prepare>().split.folds = 2;
    config.stages.of<Sample>().reference = 10;
    EXPECT_THAT(
        problems(config),
        testing::UnorderedElementsAre(
            HasSubstr("which cwola of run.methods does not have"),
            HasSubstr("which anode of run.methods does not have"),
            HasSubstr("evaluate_sic.partition and evaluate_sculpting.partition must be test"),
            HasSubstr("say how many in run.folds"), HasSubstr("sample.reference")));
    config = chain({Method::lacathode});
    config.run.folds = 1;
    EXPECT_THAT(problems(config), ElementsAre(HasSubstr("run.folds = 1: give at least 2")));
}

TEST(ChainPlan, FoldsNeedNoFractionForTheTest) {
    ChainConfig config = chain({Method::lacathode});
    config.stages.of<Prepare>().split.fractions = {.training = 0.5, .validation = 0.5};
    EXPECT_THAT(problems(config), ElementsAre(HasSubstr("leave nothing for the test set")));
    config.run.folds = 2;
    EXPECT_THAT(problems(config), IsEmpty());
    config.stages.of<Prepare>().split.fractions.training = 0.6;
    EXPECT_THAT(problems(config), ElementsAre(HasSubstr("exceed 1 together")));
}

ChainConfig hunting_chain() {
    ChainConfig config = chain({Method::lacathode});
    config.run.folds = 2;
    config.run.hunt = true;
    EXPECT_THAT(problems(config), IsEmpty());
    return config;
}

TEST(ChainPlan, ABadSignalRegionHidesNoOtherProblemOfAHunt) {
    ChainConfig config = hunting_chain();
    config.run.reference = 5000;
    config.stages.of<Prepare>().signal_region_low = 4;
    const auto efficiency = HasSubstr("fit_background.efficiencies has 0.001");
    EXPECT_THAT(problems(config),
                ElementsAre(HasSubstr("prepare.signal_region_low = 4 must be below"), efficiency));
    config.stages.of<Prepare>().signal_region_high = std::numeric_limits<double>::infinity();
    EXPECT_THAT(problems(config),
                ElementsAre(HasSubstr("prepare.signal_region_high = inf"), efficiency));
}

// p of n toys is 1 / (n + 1) at least.
TEST(ChainPlan, AGoodnessThatNoFitMissesIsTold) {
    ChainConfig config = hunting_chain();
    Hunt::Config& hunt = config.stages.of<Hunt>();
    std::size_t& toys = config.stages.of<FitBackground>().toys;
    toys = 99;
    EXPECT_THAT(problems(config), IsEmpty());
    hunt.checks = HuntChecks::fail;
    EXPECT_THAT(problems(config), ElementsAre(AllOf(HasSubstr("hunt.least_goodness = 0.01 fails"),
                                                    HasSubstr("fit_background.toys = 99"),
                                                    HasSubstr("use 100 toys or more"))));
    toys = 100;
    EXPECT_THAT(problems(config), IsEmpty());
    toys = 10;
    for (const double least : {0.0, 0.1, 1.0}) {
        hunt.least_goodness = least;
        EXPECT_THAT(problems(config), IsEmpty()) << least;
    }
    config.run.hunt = false;
    hunt.least_goodness = 0.01;
    EXPECT_THAT(problems(config), IsEmpty());
}

TEST(ChainPlan, RatiosOfDensitiesAreCombined) {
    ChainConfig config = chain({Method::anode});
    config.run.members = 2;
    config.run.score_background = true;
    EXPECT_THAT(inputs_of(config, "anode/member_scores_01"),
                ElementsAre("out/anode/latent_01.h5", "out/latent_00.h5"));
    EXPECT_THAT(inputs_of(config, "anode/background_scores_00"), IsEmpty());
    EXPECT_THAT(inputs_of(config, "anode/scores_00"),
                ElementsAre("out/anode/member_scores_00.h5", "out/anode/member_scores_01.h5"));
}

TEST(ChainPlan, ModelsTakeTurns) {
    ChainConfig config = chain({Method::cathode});
    config.run.retrainings = 2;
    config.run.members = 3;
    EXPECT_THAT(models_of(config), ElementsAre("mlp", "mlp", "mlp", "mlp", "mlp", "mlp"));
    config.run.models = {ClassifierKind::trees, ClassifierKind::mlp};
    EXPECT_THAT(models_of(config), ElementsAre("trees", "mlp", "trees", "trees", "mlp", "trees"));
}

TEST(ChainPlan, WhatCannotWorkIsToldBefore) {
    const auto expect_problem = [](const auto& change, const auto& matcher) {
        ChainConfig config = chain({Method::cathode});
        config.run.members = 2;
        change(config);
        EXPECT_THAT(problems(config), ElementsAre(matcher));
    };
    expect_problem([](ChainConfig& c) { c.run.members = 0; }, HasSubstr("run.members = 0"));
    expect_problem([](ChainConfig& c) { c.run.retrainings = 51; },
                   HasSubstr("run.retrainings = 51 times run.members = 2 are more than 100"));
    expect_problem(
        [](ChainConfig& c) { c.run.member = Retrain::all, c.run.retrain = Retrain::classifier; },
        HasSubstr("run.member = all trains a flow for each member, but run.retrain = classifier"));
    expect_problem(
        [](ChainConfig& c) {
            c.run.models = {ClassifierKind::mlp, ClassifierKind::mlp, ClassifierKind::trees};
        },
        HasSubstr("run.models names 3 models for run.members = 2"));
    expect_problem(
        [](ChainConfig& c) {
            c.run.methods = {Method::anode};
            c.run.models = {ClassifierKind::mlp};
        },
        HasSubstr("run.models names models, but no method"));
    for (const Method method : {Method::anode, Method::cwola}) {
        expect_problem(
            [&](ChainConfig& c) {
                c.run.methods = {Method::cathode, method};
                c.stages.of<CombineScores>().by = Combination::aligned;
            },
            AllOf(HasSubstr("combine_scores.by = aligned"), HasSubstr(method_name(method))));
    }
}

TEST(ChainPlan, TreesOnTheSameEventsAreToldBefore) {
    ChainConfig config = chain({Method::cathode});
    config.stages.of<TrainClassifier>().trees.subsample = 1;
    config.stages.of<TrainClassifier>().model = ClassifierKind::trees;
    config.run.members = 3;
    const auto expect_equal = [&](const std::string& trainings) {
        EXPECT_THAT(problems(config),
                    ElementsAre(HasSubstr("tree_subsample = 1 makes " + trainings + " trainings")));
    };
    expect_equal("3");
    config.run.member = Retrain::all;
    EXPECT_THAT(problems(config), IsEmpty());
    config.run.member = Retrain::classifier;
    config.run.models = {ClassifierKind::mlp, ClassifierKind::trees};
    EXPECT_THAT(problems(config), IsEmpty());
    config.run.retrainings = 2;
    EXPECT_THAT(problems(config), IsEmpty());
    config.run.retrain = Retrain::classifier;
    expect_equal("2");
    config.run.members = 1;
    config.run.models.clear();
    expect_equal("2");
    config.run.retrain = Retrain::all;
    EXPECT_THAT(problems(config), IsEmpty());
    config.run.methods = {Method::cathode, Method::cwola};  // which has no flow
    expect_equal("2");
    config.run.members = 3;
    config.run.member = Retrain::all;
    expect_equal("6");
}

// They see other events, or another number that says nothing.
TEST(ChainPlan, TreesThatDrawByThemselvesMayTakeAllEvents) {
    ChainConfig config = chain({Method::cathode});
    config.run.members = 3;
    TrainClassifier::Config& classifier = config.stages.of<TrainClassifier>();
    classifier.model = ClassifierKind::trees;
    classifier.trees.subsample = 1;
    classifier.further_inputs = {FurtherInput::mass};
    EXPECT_THAT(problems(config), ElementsAre(HasSubstr("tree_subsample = 1")));
    classifier.further_inputs = {FurtherInput::noise};
    EXPECT_THAT(problems(config), IsEmpty());
    classifier.further_inputs.clear();
    classifier.validation_fraction = 0.2;
    EXPECT_THAT(problems(config), IsEmpty());
}

}  // namespace
}  // namespace lacathode::test
