// What each method is trained on, by counting, and the maps and scores that some have of their own.
#include <gmock/gmock.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/stages/density_ratio.hpp"
#include "lacathode/stages/select_background.hpp"
#include "lacathode/stages/transport.hpp"
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
                                                  testing::Pair("validation_background", 50)));
}

// Of the two parts of a test, training and evaluation, no event is in both for any method.
TEST(TrainClassifierSets, NoTestEventIsTrainedOn) {
    Rows rows;
    for (const Partition part : {Partition::test, Partition::evaluation}) {
        for (const double mass : {3.2, 3.5, 3.8}) {
            rows.add(5, mass, part, 0);
            rows.add(5, mass, part, 1);
        }
    }
    for (const MethodInfo& method : methods()) {
        if (method.background == Background::strips || method.background == Background::truth) {
            EXPECT_EQ(SelectBackground::compute({}, method.method, rows.take(), window).size(), 0U);
        }
        if (method.background == Background::density) continue;
        EXPECT_THROW((void)TrainClassifier::sets(method.method, rows.take(), rows.take(), window),
                     InputError)
            << method.name;
    }
}

class Transported : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        data_ = std::make_unique<EventTable>(toy_data({.correlation = 0.3}, 40'000, 3));
        model_ = std::make_unique<FlowModel>(trained_flow(*data_, {.hidden = 16, .blocks = 3}, 4));
    }
    static void TearDownTestSuite() {
        model_.reset();
        data_.reset();
    }
    static double correlation_with_mass(const EventTable& events) {
        double n = 0, m = 0, x = 0, mm = 0, xx = 0, mx = 0;
        for (std::size_t row = 0; row < events.size(); ++row) {
            if (!events.is_mapped(row)) continue;
            const double mass = events.mass[row];
            const double value = events.features(row, 0);
            n += 1, m += mass, x += value, mm += mass * mass, xx += value * value,
                mx += mass * value;
        }
        return (mx / n - m / n * x / n) /
               std::sqrt((mm / n - m / n * m / n) * (xx / n - x / n * x / n));
    }
    static inline std::unique_ptr<EventTable> data_;
    static inline std::unique_ptr<FlowModel> model_;
};

TEST_F(Transported, FeaturesNoLongerFollowTheMass) {
    const auto flow = load_density(*model_, 0, engine());
    const EventTable moved = Transport::compute(*model_, *flow, *data_);
    EXPECT_EQ(moved.mass, data_->mass);
    EXPECT_EQ(moved.feature_columns, data_->feature_columns);
    // The twin, before the move: x = 0.3 m + noise of width 1, m uniform over 20.
    EXPECT_GT(correlation_with_mass(*data_), 0.8);
    // A flow of four epochs is not perfect; its imperfection is far below the dependence itself.
    EXPECT_LT(std::abs(correlation_with_mass(moved)), 0.05);
}

TEST_F(Transported, AnEventAtTheReferenceMassStays) {
    EventTable events = *data_;
    events.mass.assign(events.size(), reference_mass(model_->signal_region));
    const auto flow = load_density(*model_, 0, engine());
    const EventTable moved = Transport::compute(*model_, *flow, events);
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (!moved.is_mapped(row)) continue;
        // float32 there and back, in logit space.
        ASSERT_NEAR(moved.features(row, 1), events.features(row, 1), 2e-3) << row;
    }
}

TEST_F(Transported, SidebandEventsFollowTheMassTheyAreMovedTo) {
    const auto flow = load_density(*model_, 0, engine());
    LatentPool pool;
    for (auto [part_of, z] : {std::pair{Partition::training, &pool.training},
                              std::pair{Partition::validation, &pool.validation}}) {
        const EventTable latent =
            Encode::compute(*model_, *flow, part(*data_, part_of, Region::sideband)).latent;
        std::vector<std::size_t> mapped;
        for (std::size_t row = 0; row < latent.size(); ++row)
            if (latent.is_mapped(row)) mapped.push_back(row);
        *z = latent.take(mapped).features;
    }
    const EventTable inside = part(*data_, Partition::training, Region::signal_region);
    const BackgroundSample sample =
        Sample::compute({.size = {4000, 1000}}, {.pool = pool}, *model_,
                        MassDensity::fit(inside.mass), engine(), RandomStream(1, "curtains"));
    for (const double mass : sample.features.mass) ASSERT_TRUE(toy_window().contains(mass));
    // Every z is one of the pool's, and none comes twice before all have come.
    std::set<float> known, used;
    for (std::size_t row = 0; row < pool.training.rows(); ++row)
        known.insert(pool.training(row, 0));
    for (std::size_t row = 0; row < 4000; ++row) {
        if (!sample.latent.is_mapped(row)) continue;
        ASSERT_TRUE(known.contains(sample.latent.features(row, 0)));
        used.insert(sample.latent.features(row, 0));
    }
    EXPECT_GT(used.size(), 3900U);
    // x ~ N(0.3 m, 1) with |m| < 0.3: the mean is within four standard errors plus the flow's own.
    double mean = 0;
    for (std::size_t row = 0; row < sample.features.size(); ++row)
        mean += sample.features.is_mapped(row) ? double{sample.features.features(row, 0)} : 0.0;
    EXPECT_NEAR(mean / 5000, 0, 4 / std::sqrt(5000.0) + 0.1);
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
