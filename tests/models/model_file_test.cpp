// Flow and classifier files: everything comes back, and what is damaged is refused by name.
#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/ml/state_layout.hpp"
#include "lacathode/models/classifier_file.hpp"
#include "lacathode/models/flow_file.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// States with a different value in every array.
template <class Layout>
std::vector<Checkpoint> checkpoints(const Layout& layout, std::size_t count) {
    std::vector<Checkpoint> result;
    float value = 0.5F;
    for (std::size_t rank = 0; rank < count; ++rank) {
        Checkpoint checkpoint{.epoch = count - rank,
                              .validation_loss = 0.25 * static_cast<double>(rank),
                              .state = {}};
        for (const ArrayLayout& array : layout) {
            checkpoint.state.push_back(
                {array.name, array.shape, std::vector<float>(array.size(), value)});
            value += 1;
        }
        result.push_back(std::move(checkpoint));
    }
    return result;
}

FlowModel flow_model(std::size_t states = 2) {
    const MafArchitecture architecture{.features = 2, .hidden = 3, .blocks = 2};
    TrainedMaf flow;
    flow.architecture = architecture;
    flow.losses.training = {3, 2, 1.5};
    flow.losses.validation = {3.5, 2.5, 2};
    flow.losses.validation_left_out = {2, 0, 1};
    flow.losses.statistics_left_out = {4, 3, 0};
    flow.best = checkpoints(maf_state_layout(architecture), states);
    return {.flow = std::move(flow),
            .transform = FeatureTransform(
                {.min = {0, -1}, .max = {1, 0.1}, .mean = {0.5, -2}, .std = {1.5, 2}}),
            .mass = {"m_jj", "TeV"},
            .features = {{"m_j1", "TeV"}, {"tau21_j1", "1"}},
            .signal_region = {3.3, 3.7},
            .counts = {{"training_events", 17}, {"validation_events", 5}},
            .hash = {}};
}

ClassifierModel classifier_model(std::size_t states = 3) {
    const MlpArchitecture architecture{.inputs = 2, .hidden = {4, 3}};
    return {.classifier = TrainedMlp{.architecture = architecture,
                                     .training_loss = {0.7, 0.6},
                                     .validation_loss = {0.71, 0.65},
                                     .validation_accuracy = {0.5, 0.75},
                                     .best = checkpoints(mlp_state_layout(architecture), states)},
            .standardisation = Standardisation({.mean = {0.1, -3}, .std = {1, 0.5}}),
            .method = Method::cathode,
            .inputs = {{"m_j1", "TeV"}, {"tau21_j1", "1"}},
            .signal_region = {3.3, 3.7},
            .flow_hash = "00112233445566778899aabbccddeeff",
            .counts = {{"training_data", 4}},
            .hash = {}};
}

// Two trees for two inputs: a stump, and one whose left child is split again.
TrainedTrees some_trees() {
    return {.ensemble = {.inputs = 2,
                         .base_score = -0.25,
                         .first_node = {0, 3, 8},
                         .feature = {1, -1, -1, 0, 1, -1, -1, -1},
                         .threshold = {0.5F, 0, 0, -1.5F, 2.0F, 0, 0, 0},
                         .left = {1, -1, -1, 4, 6, -1, -1, -1},
                         .right = {2, -1, -1, 5, 7, -1, -1, -1},
                         .value = {0, 0.1, -0.2, 0, 0, 0.3, 0.4, -0.5}},
            .training_loss = {0.69, 0.6, 0.5},
            .validation_loss = {0.7, 0.65, 0.6}};
}

FlowModel read_whole_flow(const std::string& path) {
    return read_flow(path);
}

void expect_equal(const std::vector<Checkpoint>& a, const std::vector<Checkpoint>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t rank = 0; rank < a.size(); ++rank) {
        EXPECT_EQ(a[rank].epoch, b[rank].epoch);
        EXPECT_EQ(a[rank].validation_loss, b[rank].validation_loss);
        EXPECT_EQ(a[rank].state, b[rank].state) << "rank " << rank;
    }
}

// Copies an object, and all in it, but for one array of float64: in its place go `values`, be they
// such as no model takes.
void copy_but_for(const std::string& array, const std::vector<double>& values,
                  const InputFile& from, const std::string& object, OutputFile& to) {
    const bool is_group = from.is_group(object);
    const std::string type = is_group ? "" : from.element_type(object);
    if (object == array) {
        to.write_vector<double>(object, values);
    } else if (type == "float32") {
        to.write<float>(object, from.read<float>(object), from.shape(object));
    } else if (type == "float64") {
        to.write<double>(object, from.read<double>(object), from.shape(object));
    } else if (type == "uint64") {
        to.write<std::uint64_t>(object, from.read<std::uint64_t>(object), from.shape(object));
    } else {
        ASSERT_TRUE(is_group) << object << " has elements of type " << type;
    }
    for (const auto& [name, value] : from.attributes(object)) {
        if (!name.starts_with("format")) to.set_attribute(object, name, value);
    }
    if (!is_group) return;
    for (const std::string& child : from.children(object)) {
        if (child == "provenance") continue;  // of the new file's own
        copy_but_for(array, values, from, (object == "/" ? object : object + "/") + child, to);
    }
}

struct ModelFile : Scratch {
    std::string flow(const FlowModel& model) const {
        OutputFile file(path("model.h5"), FileFormat::flow, Overwrite::allow);
        write_flow(file, model);
        file.commit({});
        return path("model.h5");
    }
    std::string classifier(const ClassifierModel& model) const {
        OutputFile file(path("model.h5"), FileFormat::classifier, Overwrite::allow);
        write_classifier(file, model);
        file.commit({});
        return path("model.h5");
    }
    /// The sound file at model.h5, which must have that array, with other values in it.
    void replace(const std::string& array, const std::vector<double>& values) const {
        const std::string sound = path("sound.h5");
        std::filesystem::rename(path("model.h5"), sound);
        const InputFile from(sound, {FileFormat::flow, FileFormat::classifier});
        ASSERT_TRUE(from.has(array));
        OutputFile file(path("model.h5"), from.format(), Overwrite::forbid);
        copy_but_for(array, values, from, "/", file);
        file.commit({});
    }
    /// The message of the InputError of reading such a file; it must name the file.
    template <class Read>
    std::string refusal(const Read& read) const {
        try {
            read(path("model.h5"));
        } catch (const InputError& error) {
            EXPECT_THAT(error.what(), HasSubstr(path("model.h5")));
            return error.what();
        }
        ADD_FAILURE() << "no error";
        return {};
    }
};

TEST_F(ModelFile, FlowComesBack) {
    const FlowModel model = flow_model();
    const FlowModel read = read_flow(flow(model));
    EXPECT_EQ(read.flow.architecture, model.flow.architecture);
    EXPECT_EQ(read.flow.losses.training, model.flow.losses.training);
    EXPECT_EQ(read.flow.losses.validation, model.flow.losses.validation);
    EXPECT_EQ(read.flow.losses.validation_left_out, model.flow.losses.validation_left_out);
    EXPECT_EQ(read.flow.losses.statistics_left_out, model.flow.losses.statistics_left_out);
    expect_equal(read.flow.best, model.flow.best);
    EXPECT_EQ(read.transform.constants(), model.transform.constants());
    EXPECT_EQ(read.mass, model.mass);
    EXPECT_EQ(read.features, model.features);
    EXPECT_EQ(read.signal_region, model.signal_region);
    EXPECT_EQ(read.counts, model.counts);
    EXPECT_EQ(read.hash, InputFile(path("model.h5"), FileFormat::flow).content_hash());
}

// Of the sidebands nothing is said, as in files of versions that did not know others.
TEST_F(ModelFile, TheRegionOfAFlowComesBack) {
    FlowModel model = flow_model();
    EXPECT_FALSE(InputFile(flow(model), FileFormat::flow).has_attribute("/", "flow_region"));
    EXPECT_EQ(read_flow(path("model.h5")).region, Region::sideband);
    model.region = Region::signal_region;
    EXPECT_EQ(read_flow(flow(model)).region, Region::signal_region);
}

TEST_F(ModelFile, AnUnknownRegionIsRefused) {
    OutputFile file(path("model.h5"), FileFormat::flow, Overwrite::allow);
    write_flow(file, flow_model());
    file.set_attribute("/", "flow_region", std::string("elsewhere"));
    file.commit({});
    EXPECT_THAT(refusal(read_whole_flow), AllOf(HasSubstr("attribute 'flow_region' = 'elsewhere'"),
                                                HasSubstr("the program that wrote it")));
}

TEST_F(ModelFile, ClassifierComesBack) {
    const ClassifierModel model = classifier_model();
    const ClassifierModel read = read_classifier(classifier(model));
    const TrainedMlp& mlp = std::get<TrainedMlp>(read.classifier);
    const TrainedMlp& written = std::get<TrainedMlp>(model.classifier);
    EXPECT_EQ(mlp.architecture, written.architecture);
    EXPECT_EQ(mlp.training_loss, written.training_loss);
    EXPECT_EQ(mlp.validation_loss, written.validation_loss);
    EXPECT_EQ(mlp.validation_accuracy, written.validation_accuracy);
    expect_equal(mlp.best, written.best);
    EXPECT_EQ(read.standardisation.constants(), model.standardisation.constants());
    EXPECT_EQ(read.method, model.method);
    EXPECT_EQ(read.inputs, model.inputs);
    EXPECT_EQ(read.signal_region, model.signal_region);
    EXPECT_EQ(read.flow_hash, model.flow_hash);
    EXPECT_EQ(read.counts, model.counts);
    EXPECT_FALSE(read.hash.empty());
}

// Two features and the mass; the box is that of the features.
ClassifierModel model_with_mass() {
    ClassifierModel model = classifier_model();
    const MlpArchitecture architecture{.inputs = 3, .hidden = {4, 3}};
    TrainedMlp& mlp = std::get<TrainedMlp>(model.classifier);
    mlp.architecture = architecture;
    mlp.best = checkpoints(mlp_state_layout(architecture), 1);
    model.standardisation = Standardisation({.mean = {0.1, -3, 3.5}, .std = {1, 0.5, 0.1}});
    model.inputs.push_back({"m_jj", "TeV"});
    model.further_inputs = {.inputs = {FurtherInput::mass}, .noise_seed = ~std::uint64_t{0}};
    model.box = FeatureBox({0, -1}, {1, 0.1});
    return model;
}

TEST_F(ModelFile, FurtherInputsComeBack) {
    const ClassifierModel model = model_with_mass();
    const ClassifierModel read = read_classifier(classifier(model));
    EXPECT_EQ(read.further_inputs, model.further_inputs);
    EXPECT_EQ(read.inputs, model.inputs);
    EXPECT_TRUE(read.box.has_value());
}

// As files of versions before there were any.
TEST_F(ModelFile, WithoutFurtherInputsNothingIsSaid) {
    const std::string file = classifier(classifier_model());
    EXPECT_FALSE(InputFile(file, FileFormat::classifier).has_attribute("/", "further_inputs"));
    EXPECT_FALSE(InputFile(file, FileFormat::classifier).has_attribute("/", "noise_seed"));
    EXPECT_EQ(read_classifier(file).further_inputs, FurtherInputs{});
}

TEST_F(ModelFile, ImpossibleFurtherInputsAreRefused) {
    const auto refuse = [&](const std::string& names) {
        OutputFile file(path("model.h5"), FileFormat::classifier, Overwrite::allow);
        write_classifier(file, classifier_model());
        file.set_attribute("/", "further_inputs", names);
        file.set_attribute("/", "noise_seed", std::uint64_t{1});
        file.commit({});
        return refusal(read_classifier);
    };
    EXPECT_THAT(refuse("mass,weather"), HasSubstr("must list each once of mass, noise"));
    EXPECT_THAT(refuse("mass,mass"), HasSubstr("'mass,mass' must list each once"));
    EXPECT_THAT(refuse("mass,noise"), HasSubstr("2 further inputs of 2"));
}

// Rank "100" sorts before "11" as text.
TEST_F(ModelFile, MoreThanAHundredStatesKeepTheirOrder) {
    const FlowModel model = flow_model(112);
    expect_equal(read_flow(flow(model)).flow.best, model.flow.best);
}

TEST_F(ModelFile, EmptyUnitsComeBack) {
    FlowModel model = flow_model();
    model.features = {{"a", ""}, {"b", ""}};
    EXPECT_EQ(read_flow(flow(model)).features, model.features);
}

TEST_F(ModelFile, MissingArrayIsRefused) {
    FlowModel model = flow_model();
    std::erase_if(model.flow.best[1].state,
                  [](const NamedArray& array) { return array.name == "block_01/log_gamma"; });
    flow(model);
    EXPECT_THAT(refusal(read_whole_flow), HasSubstr("/states/01/block_01/log_gamma"));
    ClassifierModel other = classifier_model();
    std::get<TrainedMlp>(other.classifier).best[0].state.pop_back();
    classifier(other);
    EXPECT_THAT(refusal(read_classifier), HasSubstr("/states/00/layer_2/bias"));
}

TEST_F(ModelFile, MisshapenArrayIsRefused) {
    FlowModel model = flow_model();
    NamedArray& array = model.flow.best[0].state[0];
    std::swap(array.shape[0], array.shape[1]);
    flow(model);
    EXPECT_THAT(refusal(read_whole_flow), HasSubstr("/states/00/" + array.name));
}

// Of every family: one weight that is not a number makes all scores none.
TEST_F(ModelFile, WeightsThatAreNotFiniteAreRefusedByName) {
    const auto expect_refused = [&](const std::string& array, const auto& read) {
        EXPECT_THAT(refusal(read), AllOf(HasSubstr(array + " holds"), HasSubstr("train")));
    };
    for (const float bad : {std::nanf(""), HUGE_VALF, -HUGE_VALF}) {
        FlowModel model = flow_model();
        model.flow.best[1].state[12].values.back() = bad;
        flow(model);
        expect_refused("/states/01/" + model.flow.best[1].state[12].name, read_whole_flow);
        ClassifierModel other = classifier_model();
        std::get<TrainedMlp>(other.classifier).best[2].state[3].values.front() = bad;
        classifier(other);
        expect_refused("/states/02/layer_1/bias", read_classifier);
        other.classifier = some_trees();
        std::get<TrainedTrees>(other.classifier).ensemble.threshold[3] = bad;
        classifier(other);
        expect_refused("/trees/threshold", read_classifier);
        other.classifier = some_trees();
        std::get<TrainedTrees>(other.classifier).ensemble.value[2] = static_cast<double>(bad);
        classifier(other);
        expect_refused("/trees/value", read_classifier);
    }
    ClassifierModel other = classifier_model();
    other.classifier = some_trees();
    std::get<TrainedTrees>(other.classifier).ensemble.base_score = std::nan("");
    classifier(other);
    EXPECT_THAT(refusal(read_classifier), HasSubstr("base_score is nan"));
}

// No fit gives them, but a file may have them: one makes all of a feature NaN, or the same.
TEST_F(ModelFile, ConstantsThatMapNothingAreRefusedByName) {
    constexpr double inf = HUGE_VAL;
    const double nan = std::nan("");
    const auto of_flow = [&](const char* name, const std::vector<double>& values) {
        flow(flow_model());
        replace(std::string("/preprocessing/") + name, values);
        const std::string message = refusal(read_whole_flow);
        EXPECT_THAT(message, HasSubstr(", which no training leaves behind: train the model again"));
        return message;
    };
    const auto of_classifier = [&](const char* name, const std::vector<double>& values) {
        classifier(classifier_model());
        replace(std::string("/standardisation/") + name, values);
        const std::string message = refusal(read_classifier);
        EXPECT_THAT(message, HasSubstr(", which no training leaves behind: train the model again"));
        return message;
    };
    EXPECT_THAT(of_flow("mean", {0.5, nan}), HasSubstr("mean of feature 1 is nan, not finite"));
    EXPECT_THAT(of_flow("mean", {-inf, -2}), HasSubstr("mean of feature 0 is -inf, not finite"));
    EXPECT_THAT(of_flow("std", {1.5, 0}), HasSubstr("std of feature 1 is 0, must be > 0"));
    EXPECT_THAT(of_flow("std", {-1.5, 2}), HasSubstr("std of feature 0 is -1.5, must be > 0"));
    EXPECT_THAT(of_flow("std", {nan, 2}), HasSubstr("std of feature 0 is nan, not finite"));
    EXPECT_THAT(of_flow("std", {1.5, inf}), HasSubstr("std of feature 1 is inf, not finite"));
    EXPECT_THAT(of_flow("min", {nan, -1}), HasSubstr("feature 0: min nan is not below max 1"));
    EXPECT_THAT(of_flow("max", {1, -1}), HasSubstr("feature 1: min -1 is not below max -1"));
    EXPECT_THAT(of_classifier("mean", {nan, -3}), HasSubstr("mean of feature 0 is nan"));
    EXPECT_THAT(of_classifier("std", {1, 0}), HasSubstr("std of feature 1 is 0, must be > 0"));
    EXPECT_THAT(of_classifier("std", {nan, 1}), HasSubstr("std of feature 0 is nan"));
}

// So that it is the values that are refused above.
TEST_F(ModelFile, ConstantsThatWereReplacedAreRead) {
    flow(flow_model());
    replace("/preprocessing/mean", {0.25, -1});
    EXPECT_EQ(read_flow(path("model.h5")).transform.constants().mean,
              (std::vector<double>{0.25, -1}));
    classifier(classifier_model());
    replace("/standardisation/std", {2, 3});
    EXPECT_EQ(read_classifier(path("model.h5")).standardisation.constants().std,
              (std::vector<double>{2, 3}));
}

TEST_F(ModelFile, OtherArchitectureThanItsArraysIsRefused) {
    FlowModel model = flow_model();
    model.flow.architecture.hidden = 5;
    flow(model);
    EXPECT_THAT(refusal(read_whole_flow), HasSubstr("/states/00/block_00/"));
    model = flow_model();
    model.flow.architecture.features = 21;
    flow(model);
    EXPECT_THAT(refusal(read_whole_flow), HasSubstr("21"));
}

TEST_F(ModelFile, NoStatesAreRefused) {
    FlowModel model = flow_model(1);
    model.flow.best.clear();
    flow(model);
    EXPECT_THAT(refusal(read_whole_flow), HasSubstr("'/states' is missing"));
}

TEST_F(ModelFile, NumberOfColumnsMustFit) {
    FlowModel model = flow_model();
    model.features.pop_back();
    flow(model);
    EXPECT_THAT(refusal(read_whole_flow), HasSubstr("names 1 features, the flow has 2"));
    ClassifierModel other = classifier_model();
    other.inputs.push_back({"more", "1"});
    classifier(other);
    EXPECT_THAT(refusal(read_classifier), HasSubstr("names 3 inputs, the classifier has 2"));
}

TEST_F(ModelFile, TreesComeBack) {
    ClassifierModel model = classifier_model();
    model.classifier = some_trees();
    const ClassifierModel read = read_classifier(classifier(model));
    const TrainedTrees& trees = std::get<TrainedTrees>(read.classifier);
    EXPECT_EQ(trees.ensemble, some_trees().ensemble);
    EXPECT_EQ(trees.training_loss, some_trees().training_loss);
    EXPECT_EQ(trees.validation_loss, some_trees().validation_loss);
    // x0 > -1.5 and x1 > 0.5: leaves 2 and 5.
    const auto scorer = load_scorer(read, Execution{});
    EXPECT_NEAR(scorer->score(Matrix<float>(1, 2, {0.0F, 1.0F})).front(),
                1 / (1 + std::exp(0.25 + 0.2 - 0.3)), 1e-6);
}

TEST_F(ModelFile, NoTreeAtAllIsAClassifierToo) {
    ClassifierModel model = classifier_model();
    TrainedTrees none;
    none.ensemble.inputs = 2;
    none.ensemble.first_node = {0};
    none.training_loss = none.validation_loss = {0.69};
    model.classifier = none;
    EXPECT_EQ(std::get<TrainedTrees>(read_classifier(classifier(model)).classifier).ensemble,
              none.ensemble);
}

TEST_F(ModelFile, ImpossibleTreesAreRefused) {
    const auto refuse = [&](const auto& damage) {
        ClassifierModel model = classifier_model();
        TrainedTrees trees = some_trees();
        damage(trees.ensemble);
        model.classifier = trees;
        classifier(model);
        return refusal(read_classifier);
    };
    const std::string cycle = refuse([](TreeEnsemble& trees) { trees.left[3] = 3; });
    EXPECT_THAT(cycle, HasSubstr("child 3 of node 3 is not one of the later nodes of its tree"));
    const std::string beyond = refuse([](TreeEnsemble& trees) { trees.right[3] = 100; });
    EXPECT_THAT(beyond, HasSubstr("child 100 of node 3 is not one of the later nodes"));
    EXPECT_THAT(refuse([](TreeEnsemble& trees) { trees.feature[0] = 2; }),
                HasSubstr("node 0 splits feature 2 of 2"));
    EXPECT_THAT(refuse([](TreeEnsemble& trees) { trees.value[1] = std::nan(""); }),
                HasSubstr("/trees/value holds nan (element 1)"));
    EXPECT_THAT(refuse([](TreeEnsemble& trees) { trees.threshold.pop_back(); }),
                HasSubstr("feature, threshold, left, right and value differ in length"));
    EXPECT_THAT(refuse([](TreeEnsemble& trees) { trees.inputs = 3; }),
                HasSubstr("'/standardisation/mean' has shape [2], expected [3]"));
}

TEST_F(ModelFile, AnUnknownKindIsRefused) {
    OutputFile file(path("model.h5"), FileFormat::classifier, Overwrite::allow);
    file.set_attribute("/", "kind", std::string("forest"));
    file.commit({});
    EXPECT_THAT(refusal(read_classifier), AllOf(HasSubstr("'forest'"), HasSubstr("mlp, trees")));
}

TEST_F(ModelFile, OneKindIsNotTheOther) {
    flow(flow_model());
    EXPECT_THAT(refusal(read_classifier),
                HasSubstr("is a lacathode.flow file; expected a lacathode.classifier"));
    classifier(classifier_model());
    EXPECT_THAT(refusal(read_whole_flow),
                HasSubstr("is a lacathode.classifier file; expected a lacathode.flow"));
}

TEST_F(ModelFile, NoMoreCheckpointsAreReadThanAskedFor) {
    const FlowModel model = flow_model(3);
    const FlowModel read = read_flow(flow(model), 2);
    expect_equal(read.flow.best, {model.flow.best[0], model.flow.best[1]});
}

TEST_F(ModelFile, CheckpointsAreCountedFromTheBest) {
    const FlowModel model = flow_model(2);
    const Execution execution{.device = Device::cpu, .backend = Backend::engine, .threads = 1};
    const Matrix<float> y(1, model.flow.architecture.features, {0.3F, -0.4F});
    const std::vector<float> mass = {3.5F};
    const auto z = [&](std::size_t rank) {
        const auto network = make_maf(model.flow.architecture, AdamOptions{}, execution);
        network->load(model.flow.best[rank].state);
        return network->forward(y, mass).z;
    };
    EXPECT_EQ(load_density(model, 1, execution)->forward(y, mass).z, z(1));
    EXPECT_NE(z(0), z(1));
    EXPECT_THROW(load_density(model, 2, execution), UsageError);
}

TEST_F(ModelFile, EventsOfAnotherKindAreRefused) {
    const FlowModel model = flow_model();
    EventHeader header{.mass = model.mass,
                       .features = model.features,
                       .signal_region = model.signal_region,
                       .flow_hash = {},
                       .method = {},
                       .counts = {}};
    EXPECT_NO_THROW(require_same_columns(model, header, "flow.h5", "events.h5"));
    const auto expect_refused = [&](const EventHeader& other) {
        try {
            require_same_columns(model, other, "flow.h5", "events.h5");
            FAIL() << "no error";
        } catch (const InputError& error) {
            EXPECT_THAT(error.what(), AllOf(HasSubstr("flow.h5"), HasSubstr("events.h5")));
        }
    };
    EventHeader other = header;
    other.features[0].unit = "GeV";
    expect_refused(other);
    other = header;
    std::swap(other.features[0], other.features[1]);
    expect_refused(other);
    other = header;
    other.mass.name = "m";
    expect_refused(other);
    other = header;
    other.signal_region = {3.3, 3.71};
    expect_refused(other);
}

}  // namespace
}  // namespace lacathode::test
