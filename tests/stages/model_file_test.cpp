// Flow and classifier files: everything comes back, and what is damaged is refused by name.
#include <gmock/gmock.h>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/ml/state_layout.hpp"
#include "lacathode/stages/classifier_file.hpp"
#include "lacathode/stages/flow_file.hpp"
#include "stages/scratch.hpp"

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
    const FlowArchitecture architecture{.features = 2, .hidden = 3, .blocks = 2};
    TrainedFlow flow;
    flow.architecture = architecture;
    flow.losses.training = {3, 2, 1.5};
    flow.losses.validation = {3.5, 2.5, 2};
    flow.losses.validation_left_out = {2, 0, 1};
    flow.best = checkpoints(flow_state_layout(architecture), states);
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
    const ClassifierArchitecture architecture{.inputs = 2, .hidden = {4, 3}};
    return {.classifier = {.architecture = architecture,
                           .training_loss = {0.7, 0.6},
                           .validation_loss = {0.71, 0.65},
                           .best = checkpoints(classifier_state_layout(architecture), states)},
            .standardisation = Standardisation({.mean = {0.1, -3}, .std = {1, 0.5}}),
            .method = Method::cathode,
            .inputs = {{"m_j1", "TeV"}, {"tau21_j1", "1"}},
            .signal_region = {3.3, 3.7},
            .flow_hash = "00112233445566778899aabbccddeeff",
            .counts = {{"training_data", 4}},
            .hash = {}};
}

void expect_equal(const std::vector<Checkpoint>& a, const std::vector<Checkpoint>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t rank = 0; rank < a.size(); ++rank) {
        EXPECT_EQ(a[rank].epoch, b[rank].epoch);
        EXPECT_EQ(a[rank].validation_loss, b[rank].validation_loss);
        EXPECT_EQ(a[rank].state, b[rank].state) << "rank " << rank;
    }
}

struct ModelFile : Scratch {
    std::string flow(const FlowModel& model) const {
        write_flow(path("model.h5"), model, {}, Overwrite::allow);
        return path("model.h5");
    }
    std::string classifier(const ClassifierModel& model) const {
        write_classifier(path("model.h5"), model, {}, Overwrite::allow);
        return path("model.h5");
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
    expect_equal(read.flow.best, model.flow.best);
    EXPECT_EQ(read.transform.constants(), model.transform.constants());
    EXPECT_EQ(read.mass, model.mass);
    EXPECT_EQ(read.features, model.features);
    EXPECT_EQ(read.signal_region, model.signal_region);
    EXPECT_EQ(read.counts, model.counts);
    EXPECT_EQ(read.hash, InputFile(path("model.h5"), FileFormat::flow).content_hash());
}

TEST_F(ModelFile, ClassifierComesBack) {
    const ClassifierModel model = classifier_model();
    const ClassifierModel read = read_classifier(classifier(model));
    EXPECT_EQ(read.classifier.architecture, model.classifier.architecture);
    EXPECT_EQ(read.classifier.training_loss, model.classifier.training_loss);
    EXPECT_EQ(read.classifier.validation_loss, model.classifier.validation_loss);
    expect_equal(read.classifier.best, model.classifier.best);
    EXPECT_EQ(read.standardisation.constants(), model.standardisation.constants());
    EXPECT_EQ(read.method, model.method);
    EXPECT_EQ(read.inputs, model.inputs);
    EXPECT_EQ(read.signal_region, model.signal_region);
    EXPECT_EQ(read.flow_hash, model.flow_hash);
    EXPECT_EQ(read.counts, model.counts);
    EXPECT_FALSE(read.hash.empty());
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
    EXPECT_THAT(refusal(read_flow), HasSubstr("/states/01/block_01/log_gamma"));
    ClassifierModel other = classifier_model();
    other.classifier.best[0].state.pop_back();
    classifier(other);
    EXPECT_THAT(refusal(read_classifier), HasSubstr("/states/00/layer_2/bias"));
}

TEST_F(ModelFile, MisshapenArrayIsRefused) {
    FlowModel model = flow_model();
    NamedArray& array = model.flow.best[0].state[0];
    std::swap(array.shape[0], array.shape[1]);
    flow(model);
    EXPECT_THAT(refusal(read_flow), HasSubstr("/states/00/" + array.name));
}

TEST_F(ModelFile, OtherArchitectureThanItsArraysIsRefused) {
    FlowModel model = flow_model();
    model.flow.architecture.hidden = 5;
    flow(model);
    EXPECT_THAT(refusal(read_flow), HasSubstr("/states/00/block_00/"));
    model = flow_model();
    model.flow.architecture.features = 21;
    flow(model);
    EXPECT_THAT(refusal(read_flow), HasSubstr("21"));
}

TEST_F(ModelFile, NoStatesAreRefused) {
    FlowModel model = flow_model(1);
    model.flow.best.clear();
    flow(model);
    refusal(read_flow);
}

TEST_F(ModelFile, NumberOfColumnsMustFit) {
    FlowModel model = flow_model();
    model.features.pop_back();
    flow(model);
    EXPECT_THAT(refusal(read_flow), HasSubstr("names 1 features, the flow has 2"));
    ClassifierModel other = classifier_model();
    other.inputs.push_back({"more", "1"});
    classifier(other);
    EXPECT_THAT(refusal(read_classifier), HasSubstr("names 3 inputs, the classifier has 2"));
}

TEST_F(ModelFile, OneKindIsNotTheOther) {
    flow(flow_model());
    refusal(read_classifier);
    classifier(classifier_model());
    refusal(read_flow);
}

TEST_F(ModelFile, StatesAreCountedFromTheBest) {
    const FlowModel model = flow_model(2);
    const Execution execution{.device = Device::cpu, .backend = Backend::engine, .threads = 1};
    const auto beta = [](const NamedArrays& state) { return find_array(state, "block_01/beta"); };
    EXPECT_EQ(beta(load_estimator(model, 1, execution)->state()), beta(model.flow.best[1].state));
    EXPECT_NE(beta(model.flow.best[0].state), beta(model.flow.best[1].state));
    EXPECT_THROW(load_estimator(model, 2, execution), UsageError);
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
