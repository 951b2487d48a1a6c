// What each method is trained on, by counting, and the score of anode.
#include <gmock/gmock.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/stages/density_ratio.hpp"
#include "lacathode/stages/events/signal_in_training.hpp"
#include "lacathode/stages/select_background.hpp"
#include "lacathode/stats/roc.hpp"
#include "stages/toy_chain.hpp"

namespace lacathode::test {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const MassWindow window(3.3, 3.7);

// Rows of one feature, put together one by one.
class Rows {
  public:
    Rows() {
        events_.mass_column = {"m", "TeV"};
        events_.feature_columns = {{"x", "1"}};
    }
    Rows& add(std::size_t count, double mass, Partition partition, std::int8_t label = 0) {
        for (std::size_t i = 0; i < count; ++i) {
            events_.mass.push_back(mass);
            events_.partition.push_back(partition);
            events_.label.push_back(label);
            events_.source_row.push_back(std::ssize(events_.source_row));
        }
        return *this;
    }
    [[nodiscard]] EventTable take() const {
        EventTable events = events_;
        events.features = Matrix<float>(events.size(), 1);
        std::iota(events.features.values().begin(), events.features.values().end(), 0.0F);
        return events;
    }

  private:
    EventTable events_;
};

std::set<std::int64_t> sources(const EventTable& events) {
    return {events.source_row.begin(), events.source_row.end()};
}

TEST(SelectBackground, StripsLieBesideTheSignalRegionAndAreDataOfTraining) {
    Rows rows;
    rows.add(1, 3.099, Partition::training);          // 0: beyond the strip
    rows.add(1, 3.101, Partition::training);          // 1
    rows.add(1, 3.3, Partition::training);            // 2: edges of the signal region are sideband
    rows.add(1, 3.5, Partition::training);            // 3
    rows.add(1, 3.7, Partition::validation);          // 4
    rows.add(1, 3.899, Partition::training, 1);       // 5: signal in a strip is data like any other
    rows.add(1, 3.901, Partition::training);          // 6
    rows.add(1, 3.2, Partition::test);                // 7
    rows.add(1, 3.2, Partition::evaluation, 1);       // 8
    rows.add(1, 3.2, Partition::reference_training);  // 9
    const EventTable strips = SelectBackground::compute({}, Method::cwola, rows.take(), window);
    EXPECT_EQ(sources(strips), (std::set<std::int64_t>{1, 2, 4, 5}));
}

TEST(SelectBackground, TruthIsBackgroundThatIsSetAside) {
    Rows rows;
    rows.add(1, 3.5, Partition::reference_training);     // 0
    rows.add(1, 3.5, Partition::reference_validation);   // 1
    rows.add(1, 3.5, Partition::reference_training, 1);  // 2: signal set aside
    rows.add(1, 3.0, Partition::reference_training);     // 3: outside
    rows.add(1, 3.5, Partition::training);               // 4
    rows.add(1, 3.5, Partition::test);                   // 5
    rows.add(1, 3.5, Partition::evaluation);             // 6
    for (const Method method : {Method::idealised, Method::supervised}) {
        const EventTable truth = SelectBackground::compute({}, method, rows.take(), window);
        EXPECT_EQ(sources(truth), (std::set<std::int64_t>{0, 1}));
        EXPECT_THAT(truth.partition,
                    testing::ElementsAre(Partition::training, Partition::validation));
    }
    EXPECT_THAT([&] { (void)SelectBackground::compute({}, Method::cathode, rows.take(), window); },
                ThrowsMessage<UsageError>(HasSubstr("lacathode-sample")));
}

double weight_of(const ClassifierData& data, std::size_t first, std::size_t count) {
    return std::accumulate(data.weight.begin() + static_cast<std::ptrdiff_t>(first),
                           data.weight.begin() + static_cast<std::ptrdiff_t>(first + count), 0.0);
}

TEST(TrainClassifierSets, StripsWeighTheSameAndTogetherAsMuchAsTheData) {
    const EventTable data =
        Rows().add(400, 3.5, Partition::training).add(100, 3.5, Partition::validation).take();
    const EventTable strips = Rows()
                                  .add(70, 3.2, Partition::training)
                                  .add(30, 3.8, Partition::training)
                                  .add(5, 3.2, Partition::validation)
                                  .add(15, 3.8, Partition::validation)
                                  .take();
    const auto sets = TrainClassifier::sets(Method::cwola, data, strips, window);
    ASSERT_EQ(sets.training.size(), 500U);
    const double of_data = weight_of(sets.training, 0, 400);
    EXPECT_NEAR(of_data, 250, 1e-3);  // N / 2 of N events
    EXPECT_NEAR(weight_of(sets.training, 400, 70), of_data / 2, 1e-3);
    EXPECT_NEAR(weight_of(sets.training, 470, 30), of_data / 2, 1e-3);
    EXPECT_NEAR(weight_of(sets.validation, 100, 5), weight_of(sets.validation, 105, 15), 1e-3);
    EXPECT_THAT(
        [&] {
            (void)TrainClassifier::sets(
                Method::cwola, data,
                Rows().add(9, 3.2, Partition::training).add(9, 3.2, Partition::validation).take(),
                window);
        },
        ThrowsMessage<InputError>(HasSubstr("a strip on each side")));
}

TEST(TrainClassifierSets, FurtherInputsAreStandardisedLikeTheFeatures) {
    Rows data, background;
    for (int i = 0; i < 100; ++i) {
        data.add(1, 3.4 + 0.001 * i, Partition::training);
        background.add(1, 3.45 + 0.001 * i, Partition::training);
    }
    data.add(10, 3.5, Partition::validation);
    background.add(10, 3.5, Partition::validation);
    const FurtherInputs further{.inputs = {FurtherInput::mass, FurtherInput::noise},
                                .noise_seed = 5};
    const auto sets =
        TrainClassifier::sets(Method::cathode, data.take(), background.take(), window, further);
    const Matrix<float>& x = sets.training.x;
    ASSERT_EQ(x.cols(), 3U);
    const Standardisation::Constants& constants = sets.standardisation.constants();
    EXPECT_NEAR(constants.mean[1], 3.4495, 1e-6);
    EXPECT_NEAR(constants.std[1], 0.001 * std::sqrt(100 * 101 / 12.0), 1e-6);
    for (std::size_t col = 0; col < 3; ++col) {
        double sum = 0;
        for (std::size_t row = 0; row < 100; ++row) sum += double{x(row, col)};
        EXPECT_NEAR(sum, 0, 1e-4);
    }
    EXPECT_NEAR(x(100, 1) - x(0, 1), 0.05 / constants.std[1], 1e-4);  // background beside data
    EXPECT_NE(x(100, 2), x(0, 2));  // of one source_row, but in another role
    EXPECT_EQ(sets.validation.x.cols(), 3U);
}

// Features say nothing; the mass says all. Both models.
TEST(TrainClassifierStage, WithTheMassStripsAreSeparated) {
    Rows data, strips;
    RandomStream random(3, "masses");
    for (int i = 0; i < 2000; ++i) {
        const Partition partition = i % 2 == 0 ? Partition::training : Partition::validation;
        data.add(1, 3.3 + 0.4 * random.uniform(), partition);
        strips.add(1, (i % 4 < 2 ? 3.1 : 3.7) + 0.2 * random.uniform(), partition);
    }
    const auto area = [&](ClassifierKind kind, const std::vector<FurtherInput>& inputs) {
        TrainClassifier::Config config;
        config.model = kind;
        config.further_inputs = inputs;
        config.training = {.epochs = 20, .batch_size = 64, .keep_best = 1};
        const EventTable inside = data.take();
        const EventTable outside = strips.take();
        const ClassifierModel model =
            TrainClassifier::compute(config, Method::cwola, inside, outside, window, engine(),
                                     RandomStream(1, "classifier"));
        std::vector<float> score = scores(model, inside);
        std::vector<std::int8_t> label(score.size(), 1);
        const std::vector<float> background = scores(model, outside);
        score.insert(score.end(), background.begin(), background.end());
        label.resize(score.size(), 0);
        return area_under_curve(roc_curve(score, label));
    };
    for (const ClassifierKind kind : {ClassifierKind::mlp, ClassifierKind::trees}) {
        EXPECT_GT(area(kind, {FurtherInput::mass}), 0.99);
        EXPECT_LT(area(kind, {FurtherInput::noise}), 0.7);  // what it learns by heart
    }
}

TEST(TrainClassifierSets, SupervisedTakesTheSignalThatIsSetAside) {
    const EventTable data = Rows()
                                .add(40, 3.5, Partition::reference_training, 1)
                                .add(20, 3.5, Partition::reference_validation, 1)
                                .add(7, 3.5, Partition::training, 1)
                                .add(7, 3.5, Partition::evaluation, 1)
                                .add(7, 3.5, Partition::test, 1)
                                .add(900, 3.5, Partition::training)
                                .add(900, 3.5, Partition::reference_training)
                                .take();
    const EventTable background = Rows()
                                      .add(100, 3.5, Partition::training)
                                      .add(50, 3.5, Partition::validation)
                                      .add(50, 3.0, Partition::training)
                                      .take();
    const auto sets = TrainClassifier::sets(Method::supervised, data, background, window);
    EXPECT_THAT(sets.counts, testing::ElementsAre(testing::Pair("training_data", 40),
                                                  testing::Pair("training_background", 100),
                                                  testing::Pair("validation_data", 20),
                                                  testing::Pair("validation_background", 50),
                                                  testing::Pair("signal_in_training", 60)));
}

TEST(TrainClassifierSets, CountsTheSignalAmongTheDataThatAreLearnedFrom) {
    EventTable data = Rows()
                          .add(100, 3.5, Partition::training)
                          .add(5, 3.5, Partition::training, 1)
                          .add(100, 3.5, Partition::validation)
                          .add(2, 3.5, Partition::validation, 1)
                          .add(40, 3.0, Partition::training, 1)
                          .add(40, 3.5, Partition::test, 1)
                          .take();
    const EventTable background =
        Rows().add(100, 3.5, Partition::training).add(50, 3.5, Partition::validation).take();
    const auto signal = [&] {
        return signal_in_training_of(
            TrainClassifier::sets(Method::cathode, data, background, window).counts);
    };
    EXPECT_EQ(signal(), 7);
    data.mapped.assign(data.size(), 1);
    data.mapped[100] = 0;
    EXPECT_EQ(signal(), 6);
    data.label.clear();
    EXPECT_FALSE(signal().has_value());
}

// Both labels at masses below, in and above the signal region.
void add_everywhere(Rows& rows, std::size_t count, Partition partition) {
    for (const double mass : {3.2, 3.5, 3.8}) {
        rows.add(count, mass, partition, 0);
        rows.add(count, mass, partition, 1);
    }
}

// Of the two parts of a test, training and evaluation, no event is in both for any method: test
// events alone, as data or as background, are too few, and beside others they change nothing.
TEST(TrainClassifierSets, NoTestEventIsTrainedOn) {
    Rows test, training;
    for (const Partition part : {Partition::test, Partition::evaluation})
        add_everywhere(test, 5, part);
    for (const Partition part : {Partition::training, Partition::validation,
                                 Partition::reference_training, Partition::reference_validation})
        add_everywhere(training, 4, part);
    Rows both = training;
    for (const Partition part : {Partition::test, Partition::evaluation})
        add_everywhere(both, 5, part);
    for (const MethodInfo& method : methods()) {
        SCOPED_TRACE(method.name);
        if (method.background == Background::strips || method.background == Background::truth) {
            EXPECT_EQ(SelectBackground::compute({}, method.method, test.take(), window).size(), 0U);
        }
        if (method.background == Background::density) continue;
        const auto sets = [&](const Rows& data, const Rows& background) {
            return TrainClassifier::sets(method.method, data.take(), background.take(), window);
        };
        EXPECT_THAT([&] { (void)sets(test, training); },
                    ThrowsMessage<InputError>(HasSubstr("data")));
        EXPECT_THAT([&] { (void)sets(training, test); },
                    ThrowsMessage<InputError>(HasSubstr("background")));
        const TrainClassifier::Sets without = sets(training, training);
        const TrainClassifier::Sets with = sets(both, both);
        EXPECT_EQ(with.training.x, without.training.x);
        EXPECT_EQ(with.validation.x, without.validation.x);
        EXPECT_EQ(with.training.weight, without.training.weight);
        EXPECT_EQ(with.counts, without.counts);
    }
}

double log_normal_density(double x, double mean, double width) {
    const double pull = (x - mean) / width;
    return -0.5 * pull * pull - std::log(width * std::sqrt(2 * std::numbers::pi));
}

// ANODE's score against the likelihood ratio that is known in a toy: background N(0, 1)^2 at every
// mass, a fifth of the signal region's data N(2, 0.5)^2.
TEST(DensityRatioStage, ComesNearTheAnalyticLikelihoodRatio) {
    constexpr double fraction = 0.2;
    const double mean = 2, width = 0.5;
    EventTable data = toy_data({.correlation = 0}, 60'000, 8);
    data.label.assign(data.size(), 0);
    RandomStream random(5, "signal");
    for (std::size_t row = 0; row < data.size(); ++row) {
        // Half of the events into the signal region, so that both flows learn from many.
        if (row % 2 == 0) data.mass[row] = 0.6 * (random.uniform() - 0.5);
        if (!toy_window().contains(data.mass[row]) || random.uniform() > fraction) continue;
        data.label[row] = 1;
        for (float& x : data.features.row(row))
            x = static_cast<float>(mean + width * random.normal());
    }
    const auto encoded = [&](Region region) {
        TrainFlow::Config config;
        config.architecture = {.hidden = 32, .blocks = 4};
        config.training = {.epochs = 8, .batch_size = 256, .keep_best = 1};
        config.adam.learning_rate = 1e-3;
        config.region = region;
        const FlowModel model =
            TrainFlow::compute(config, data, toy_window(), engine(2), RandomStream(1, "flow"));
        return Encode::compute(model, *load_density(model, 0, engine(2)),
                               part(data, Partition::test, Region::signal_region));
    };
    const Encoded inner = encoded(Region::signal_region);
    const Encoded outer = encoded(Region::sideband);
    const EventTable scored =
        DensityRatio::compute(inner.latent, inner.log_prob, outer.latent, outer.log_prob);
    const EventTable events = part(data, Partition::test, Region::signal_region);
    std::vector<float> score, exact;
    std::vector<std::int8_t> label;
    std::vector<double> difference;
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (!scored.is_mapped(row)) continue;
        double background = 0, signal = 0;
        for (const float x : events.features.row(row)) {
            background += log_normal_density(x, 0, 1);
            signal += log_normal_density(x, mean, width);
        }
        score.push_back(scored.features(row, 0));
        exact.push_back(
            static_cast<float>(std::log(1 - fraction + fraction * std::exp(signal - background))));
        label.push_back(events.label[row]);
        difference.push_back(std::abs(double{score.back()} - double{exact.back()}));
    }
    ASSERT_GT(score.size(), 5000U);
    std::ranges::nth_element(difference, difference.begin() + std::ssize(difference) / 2);
    // Two densities of 15,000 events each: half of the events within 0.15 of the logarithm.
    EXPECT_LT(difference[difference.size() / 2], 0.15);
    EXPECT_NEAR(area_under_curve(roc_curve(score, label)),
                area_under_curve(roc_curve(exact, label)), 0.015);
}

}  // namespace
}  // namespace lacathode::test
