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

}  // namespace
}  // namespace lacathode
