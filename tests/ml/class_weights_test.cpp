#include <gmock/gmock.h>

#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/ml/classifier_data.hpp"

namespace lacathode {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

ClassifierData with_targets(std::vector<float> targets) {
    const std::size_t count = targets.size();
    return {Matrix<float>(count, 1), std::move(targets), {}};
}

TEST(ClassWeights, BothClassesWeighHalfTheEvents) {
    ClassifierData data = with_targets({1, 0, 0, 0, 1, 0});
    ClassifierData same = data;
    set_class_weights(data, same);
    EXPECT_THAT(data.weight, ElementsAre(1.5, 0.75, 0.75, 0.75, 1.5, 0.75));
}

TEST(ClassWeights, ValidationTakesTheTrainingSetsWeights) {
    ClassifierData training = with_targets({1, 0, 0, 0});
    ClassifierData validation = with_targets({0, 1, 1});
    set_class_weights(training, validation);
    EXPECT_FLOAT_EQ(training.weight[0], 2);
    EXPECT_FLOAT_EQ(validation.weight[0], 4.0F / 6);
    EXPECT_FLOAT_EQ(validation.weight[2], 2);
}

TEST(ClassWeights, AnEmptyClassIsAnInputError) {
    ClassifierData data = with_targets({0, 0, 0});
    EXPECT_THAT([&] { set_class_weights(data, data); },
                ThrowsMessage<InputError>(HasSubstr("0 data and 3 background")));
    data = with_targets({1, 1});
    EXPECT_THROW(set_class_weights(data, data), InputError);
}

TEST(ClassWeights, EventsKeepTheirShareOfTheirClass) {
    ClassifierData training = with_targets({1, 1, 0, 0});
    training.weight = {3, -1, 1, 7};
    ClassifierData validation = with_targets({1, 0});
    validation.weight = {2, 2};
    set_class_weights(training, validation);
    // Sums of 2 and 8 become 2 each, half of the four events.
    EXPECT_THAT(training.weight, ElementsAre(3, -1, 0.25, 1.75));
    EXPECT_THAT(validation.weight, ElementsAre(2, 0.5));
}

TEST(ClassWeights, OnesAreAsNone) {
    ClassifierData none = with_targets({1, 0, 0, 1, 0, 0, 0});
    ClassifierData ones = none;
    ones.weight.assign(7, 1);
    ClassifierData same = none;
    set_class_weights(none, same);
    same = ones;
    set_class_weights(ones, same);
    EXPECT_EQ(ones.weight, none.weight);
}

TEST(ClassWeights, ASumThatIsNotPositiveNamesTheClass) {
    ClassifierData bad = with_targets({1, 1, 0});
    bad.weight = {1, -1, 2};
    ClassifierData good = bad;
    good.weight = {1, 1, 2};
    const auto set = [](ClassifierData training, ClassifierData validation) {
        set_class_weights(training, validation);
    };
    EXPECT_THAT([&] { set(bad, good); },
                ThrowsMessage<InputError>(HasSubstr("the data events in the classifier's training "
                                                    "set add up to 0")));
    bad.weight = {1, 1, -2};
    EXPECT_THAT([&] { set(good, bad); },
                ThrowsMessage<InputError>(HasSubstr("the background events in the classifier's "
                                                    "validation set add up to -2")));
}

}  // namespace
}  // namespace lacathode
