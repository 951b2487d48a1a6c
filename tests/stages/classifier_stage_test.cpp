// Which events the classifier sees, how they are scaled, and the scores it gives.
#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "stages/toy_chain.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

// Rows of the toy, every tenth of them not mapped.
EventTable data_with_gaps() {
    EventTable events = toy_data({.correlation = 0.1}, 40'000, 5);
    events.mapped.assign(events.size(), 1);
    for (std::size_t row = 0; row < events.size(); row += 10) {
        events.mapped[row] = 0;
        for (float& value : events.features.row(row)) value = std::nanf("");
    }
    return events;
}

std::int64_t mapped_rows(const EventTable& events) {
    std::int64_t count = 0;
    for (std::size_t row = 0; row < events.size(); ++row) count += events.is_mapped(row);
    return count;
}

TEST(TrainClassifierStage, TakesMappedSignalRegionRowsOfItsPartition) {
    const EventTable data = data_with_gaps();
    const EventTable background = toy_data({.correlation = 0.1}, 30'000, 6);
    const ClassifierModel model = trained_classifier(data, background, 1);
    const auto rows = [](const EventTable& events, Partition partition) {
        return mapped_rows(part(events, partition, Region::signal_region));
    };
    EXPECT_THAT(model.counts,
                ElementsAre(Pair("training_data", rows(data, Partition::training)),
                            Pair("training_background", rows(background, Partition::training)),
                            Pair("validation_data", rows(data, Partition::validation)),
                            Pair("validation_background", rows(background, Partition::validation)),
                            Pair("signal_in_training", 0)));
    EXPECT_EQ(model.inputs, data.feature_columns);
    EXPECT_EQ(model.signal_region, toy_window());
}

TEST(TrainClassifierStage, ValidationEventsAreDrawnAmongThoseOfTheTrainings) {
    EventTable events = toy_data({.correlation = 0.1}, 40'000, 5);
    for (std::size_t row = 0; row < events.size(); ++row) {
        events.source_row[row] = static_cast<std::int64_t>(row / 2);  // every event twice
        if (row % 50 == 0) events.partition[row] = Partition::reference_training;
    }
    const RandomStream stream(3, "validation");
    const EventTable drawn = TrainClassifier::draw_validation(events, 0.3, stream);
    double trained_on = 0;
    double validating = 0;
    for (std::size_t row = 0; row < events.size(); ++row) {
        const Partition before = events.partition[row];
        const Partition now = drawn.partition[row];
        EXPECT_EQ(is_trained_on(now), is_trained_on(before));
        EXPECT_EQ(is_set_aside(now), is_set_aside(before));
        if (!is_trained_on(now)) {
            EXPECT_TRUE(is_set_aside(now) || now == before);
            continue;
        }
        ++trained_on;
        validating += now == Partition::validation ? 1 : 0;
        if (row % 2 == 0 || !is_trained_on(drawn.partition[row - 1])) continue;
        EXPECT_EQ(now, drawn.partition[row - 1]) << "both rows of an event";
    }
    // Six standard deviations of the 13,000 events.
    EXPECT_NEAR(validating / trained_on, 0.3, 0.025);
    const auto of = [&](std::uint64_t number) {
        return TrainClassifier::draw_validation(events, 0.3, stream.at(number)).partition;
    };
    EXPECT_EQ(of(1), of(1));
    EXPECT_NE(of(1), of(2));
}

TEST(TrainClassifierStage, TrainingsThatDrawTheirValidationEventsLearnFromOthers) {
    const EventTable data = toy_data({.correlation = 0.1}, 4'000, 5);
    const EventTable background = toy_data({.correlation = 0.1}, 3'000, 6);
    TrainClassifier::Config config;
    config.hidden = {4};
    config.training = {.epochs = 1, .batch_size = 100, .keep_best = 1};
    const auto counts = [&](double fraction, std::uint64_t number) {
        config.validation_fraction = fraction;
        return TrainClassifier::compute(config, Method::cathode, data, background, toy_window(),
                                        engine(), RandomStream(number, "training"))
            .counts;
    };
    const auto events = [](const Counts& all, const std::string& what) {
        std::int64_t sum = 0;
        for (const auto& [name, count] : all) sum += name.ends_with(what) ? count : 0;
        return sum;
    };
    const Counts prepared = counts(0, 1);
    const Counts drawn = counts(0.2, 1);
    EXPECT_EQ(prepared, counts(0, 2));
    EXPECT_NE(drawn, counts(0.2, 2));
    for (const std::string what : {"_data", "_background"})
        EXPECT_EQ(events(drawn, what), events(prepared, what)) << what;
}

TEST(TrainClassifierStage, StandardisesWithSignalRegionTrainingData) {
    const EventTable data = data_with_gaps();
    // A background elsewhere must not matter, nor validation data.
    EventTable background = toy_data({.correlation = 0.1}, 30'000, 6);
    for (float& value : background.features.values()) value = 3 * value + 7;
    const ClassifierModel model = trained_classifier(data, background, 1);
    const EventTable training = part(data, Partition::training, Region::signal_region);
    for (std::size_t col = 0; col < 2; ++col) {
        double sum = 0;
        double squares = 0;
        for (std::size_t row = 0; row < training.size(); ++row) {
            if (training.is_mapped(row)) sum += static_cast<double>(training.features(row, col));
        }
        const double count = static_cast<double>(mapped_rows(training));
        const double mean = sum / count;
        for (std::size_t row = 0; row < training.size(); ++row) {
            if (!training.is_mapped(row)) continue;
            squares += std::pow(static_cast<double>(training.features(row, col)) - mean, 2);
        }
        EXPECT_NEAR(model.standardisation.constants().mean[col], mean, 1e-12);
        EXPECT_NEAR(model.standardisation.constants().std[col], std::sqrt(squares / (count - 1)),
                    1e-12);
    }
}

TEST(TrainClassifierStage, EventsKeepTheirWeightsWithinTheirClass) {
    EventTable data = toy_data({.correlation = 0.1}, 4'000, 5);
    const EventTable background = toy_data({.correlation = 0.1}, 3'000, 6);
    for (std::size_t row = 0; row < data.size(); ++row)
        data.weight.push_back(row % 5 == 0 ? -1.0F : 2.0F);
    const auto sets = TrainClassifier::sets(Method::cathode, data, background, toy_window());
    const EventTable chosen = part(data, Partition::training, Region::signal_region);
    const auto events = static_cast<double>(sets.training.size());
    double of_data = 0;
    double of_background = 0;
    for (std::size_t row = 0; row < sets.training.size(); ++row) {
        const auto weight = static_cast<double>(sets.training.weight[row]);
        (sets.training.target[row] == 1 ? of_data : of_background) += weight;
        if (row < chosen.size()) {
            EXPECT_NEAR(weight, chosen.weight_of(row) * events / (2 * chosen.sum_of_weights()),
                        1e-5 * std::abs(weight));
        }
    }
    EXPECT_NEAR(of_data, events / 2, 1e-4 * events);
    EXPECT_NEAR(of_background, events / 2, 1e-4 * events);
    EXPECT_THAT(message_of<InputError>([&] {
                    (void)TrainClassifier::sets(Method::cathode, data, background, toy_window(),
                                                {.inputs = {FurtherInput::mass}});
                }),
                ::testing::HasSubstr("further_inputs has mass"));
}

TEST(TrainClassifierStage, StripsOfWeightedEventsWeighTheSame) {
    const EventTable data = toy_data({.correlation = 0.1}, 4'000, 5);
    EventTable strips = toy_data({.correlation = 0.1}, 3'000, 6);
    for (const double mass : strips.mass) strips.weight.push_back(mass < 0 ? 3.0F : 0.5F);
    const auto sets = TrainClassifier::sets(Method::cwola, data, strips, toy_window());
    double lower = 0;
    double upper = 0;
    const EventTable chosen = strips.take(rows_where(
        strips, [&](std::size_t row) { return strips.partition[row] == Partition::training; }));
    const std::size_t first = sets.training.size() - chosen.size();
    for (std::size_t row = 0; row < chosen.size(); ++row) {
        (chosen.mass[row] <= toy_window().low() ? lower : upper) +=
            static_cast<double>(sets.training.weight[first + row]);
    }
    EXPECT_NEAR(lower / upper, 1, 1e-3);
}

TEST(EventSelection, RowsOutsideTheBoxAreMarked) {
    EventTable events = toy_data({.correlation = 0.1}, 20, 5);
    events.features = Matrix<float>(20, 2, 0.5F);
    events.features(3, 1) = 2;
    events.features(4, 0) = -1;
    const EventTable marked = mark_outside(events, FeatureBox({-1, 0}, {1, 2}));
    for (std::size_t row = 0; row < 20; ++row) {
        const bool inside = row != 3 && row != 4;
        EXPECT_EQ(marked.is_mapped(row), inside) << row;
        EXPECT_EQ(std::isnan(marked.features(row, 0)), !inside) << row;
    }
    EXPECT_EQ(marked.mass, events.mass);
    EXPECT_TRUE(mark_outside(events, std::nullopt).mapped.empty());
    // What is not mapped already stays so.
    EventTable gaps = data_with_gaps();
    const EventTable both = mark_outside(gaps, FeatureBox({-1e3, -1e3}, {1e3, 1e3}));
    EXPECT_EQ(both.mapped, gaps.mapped);
}

TEST(TrainClassifierStage, EmptySetsAreRefused) {
    const EventTable events = toy_data({.correlation = 0.1}, 30'000, 6);
    const EventTable sideband = part(events, Partition::training, Region::sideband);
    const EventTable training = part(events, Partition::training, Region::signal_region);
    EXPECT_THROW(trained_classifier(sideband, events, 1), InputError);
    EXPECT_THROW(trained_classifier(events, sideband, 1), InputError);
    EXPECT_THROW(trained_classifier(training, events, 1), InputError);
    EXPECT_THROW(trained_classifier(events, training, 1), InputError);
}

TEST(TrainClassifierStage, EachRetrainingHasItsOwnNetwork) {
    const EventTable events = toy_data({.correlation = 0.1}, 20'000, 6);
    const auto train = [&](std::uint64_t retraining, int threads) {
        TrainClassifier::Config config;
        config.training = {.epochs = 1, .batch_size = 128, .keep_best = 1};
        const ClassifierModel model =
            TrainClassifier::compute(config, Method::lacathode, events, events, toy_window(),
                                     engine(threads), RandomStream(1, "classifier").at(retraining));
        return std::get<TrainedMlp>(model.classifier).best.front().state;
    };
    EXPECT_EQ(train(0, 1), train(0, 3));
    EXPECT_NE(train(0, 1), train(1, 1));
}

TEST(ScoreStage, ScoresLieInTheUnitIntervalAndAreNanOnlyWhereNotMapped) {
    const EventTable data = data_with_gaps();
    const ClassifierModel model =
        trained_classifier(data, toy_data({.correlation = 0.1}, 30'000, 6), 2);
    const std::vector<float> score = scores(model, data);
    ASSERT_EQ(score.size(), data.size());
    for (std::size_t row = 0; row < data.size(); ++row) {
        ASSERT_EQ(std::isnan(score[row]), !data.is_mapped(row)) << row;
        if (data.is_mapped(row)) {
            ASSERT_GE(score[row], 0);
            ASSERT_LE(score[row], 1);
        }
    }
}

// Weights that no training leaves: the sum overflows, and the mean of infinities is no number.
TEST(ScoreStage, AScoreThatIsNotANumberIsRefused) {
    const EventTable data = data_with_gaps();
    ClassifierModel model = trained_classifier(data, toy_data({.correlation = 0.1}, 30'000, 6), 1);
    for (Checkpoint& checkpoint : std::get<TrainedMlp>(model.classifier).best) {
        for (NamedArray& array : checkpoint.state) {
            for (float& value : array.values) value *= 1e30F;
        }
    }
    EXPECT_THAT([&] { (void)scores(model, data); },
                ::testing::ThrowsMessage<InputError>(::testing::HasSubstr("source_row")));
}

ClassifierModel trained_trees(const EventTable& data, const EventTable& background,
                              std::uint64_t retraining = 0, int threads = 1,
                              TrainClassifier::Config config = {}) {
    config.model = ClassifierKind::trees;
    config.trees.trees = 20;
    return TrainClassifier::compute(config, Method::cathode, data, background, toy_window(),
                                    engine(threads), RandomStream(1, "classifier").at(retraining));
}

double mean_score(const ClassifierModel& model, const EventTable& events) {
    double sum = 0;
    for (const float score : scores(model, events)) sum += static_cast<double>(score);
    return sum / static_cast<double>(events.size());
}

TEST(TrainClassifierStage, TreesAreAModelAsWell) {
    const ToyModel toy{.correlation = 0.1};
    EventTable data = toy_data(toy, 60'000, 5);
    for (float& value : data.features.values()) value += 0.5F;
    const EventTable background = toy_data(toy, 60'000, 6);
    const auto ensemble = [&](std::uint64_t retraining, int threads) {
        return std::get<TrainedTrees>(
                   trained_trees(data, background, retraining, threads).classifier)
            .ensemble;
    };
    EXPECT_EQ(ensemble(0, 1), ensemble(0, 3));
    EXPECT_NE(ensemble(0, 1), ensemble(1, 1));
    const ClassifierModel model = trained_trees(data, background);
    EXPECT_GT(mean_score(model, part(data, Partition::test, Region::signal_region)),
              mean_score(model, part(background, Partition::test, Region::signal_region)) + 0.05);
}

TEST(TrainClassifierStage, NoTreeAtAllIsToldOf) {
    const EventTable data = toy_data({.correlation = 0.1}, 20'000, 5);
    const EventTable background = toy_data({.correlation = 0.1}, 20'000, 6);
    TrainClassifier::Config config;
    config.trees.minimum_events = 1'000'000;
    ::testing::internal::CaptureStderr();
    (void)trained_trees(data, background, 0, 1, config);
    EXPECT_THAT(::testing::internal::GetCapturedStderr(),
                HasSubstr("train_classifier.tree_minimum_events"));
}

TEST(ScoreStage, FurtherInputsAreSeenInEveryBlockAlike) {
    const EventTable data = data_with_gaps();
    TrainClassifier::Config config;
    config.training = {.epochs = 1, .batch_size = 128, .keep_best = 1};
    config.further_inputs = {FurtherInput::noise};
    const auto train = [&](std::uint64_t retraining) {
        return TrainClassifier::compute(config, Method::lacathode, data, data, toy_window(),
                                        engine(), RandomStream(1, "classifier").at(retraining));
    };
    ClassifierModel model = train(0);
    EXPECT_THAT(model.inputs, ElementsAre(data.feature_columns[0], data.feature_columns[1],
                                          Column{"noise", "1"}));
    EXPECT_EQ(train(0).further_inputs, model.further_inputs);
    EXPECT_NE(train(1).further_inputs.noise_seed, model.further_inputs.noise_seed);
    const std::vector<float> all = scores(model, data);
    std::vector<std::size_t> rows(300);
    std::iota(rows.begin(), rows.end(), std::size_t{1'001});
    const std::vector<float> some = scores(model, data.take(rows));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (data.is_mapped(rows[i])) {
            ASSERT_EQ(some[i], all[rows[i]]);
        }
    }
    // As in the training, where it stands for data.
    const EventTable inputs = model.further_inputs.added_to(data, ClassifierRole::data);
    EXPECT_EQ(
        load_scorer(model, engine())->score(model.standardisation.forward(inputs.features))[1],
        all[1]);
    ++model.further_inputs.noise_seed;
    EXPECT_NE(scores(model, data)[1], all[1]);
}

// Data shifted by half a standard deviation against background: the score must rise with x.
TEST(ScoreStage, DataScoreHigherThanBackground) {
    const ToyModel toy{.correlation = 0.1};
    EventTable data = toy_data(toy, 60'000, 5);
    for (float& value : data.features.values()) value += 0.5F;
    const EventTable background = toy_data(toy, 60'000, 6);
    const ClassifierModel model = trained_classifier(data, background, 3);
    EXPECT_GT(mean_score(model, part(data, Partition::test, Region::signal_region)),
              mean_score(model, part(background, Partition::test, Region::signal_region)) + 0.05);
}

}  // namespace
}  // namespace lacathode::test
