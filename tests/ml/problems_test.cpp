#include <gmock/gmock.h>

#include <cmath>

#include "lacathode/ml/maf_training.hpp"
#include "lacathode/ml/mlp_training.hpp"

namespace lacathode {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Problems, TheDefaultsHaveNone) {
    EXPECT_THAT(problems(AdamOptions{}), IsEmpty());
    EXPECT_THAT(problems(MafArchitecture{}), IsEmpty());
    EXPECT_THAT(problems(MlpArchitecture{}), IsEmpty());
    EXPECT_THAT(problems(MafTrainingOptions{}), IsEmpty());
    EXPECT_THAT(problems(MlpTrainingOptions{}), IsEmpty());
}

TEST(Problems, EachIsFound) {
    EXPECT_THAT(problems(AdamOptions{0, -1, 1, -0.1, 0}), SizeIs(5));
    EXPECT_THAT(problems(AdamOptions{.learning_rate = std::nan("")}),
                ElementsAre(HasSubstr("learning_rate is nan")));
    EXPECT_THAT(problems(MafArchitecture{21, 0, 101}), SizeIs(3));
    EXPECT_THAT(problems(MafArchitecture{0, 1, 1}), ElementsAre(HasSubstr("0 features")));
    EXPECT_THAT(problems(MlpArchitecture{0, {}}), SizeIs(2));
    EXPECT_THAT(problems(MlpArchitecture{1, {8, 0}}), ElementsAre(HasSubstr("0 units")));
    EXPECT_THAT(problems(MafTrainingOptions{0, 1, 1}), SizeIs(3));
    EXPECT_THAT(problems(MafTrainingOptions{5, 2, 6}), ElementsAre(HasSubstr("only 5 epochs")));
    EXPECT_THAT(problems(MlpTrainingOptions{0, 0, 1}), SizeIs(3));
}

}  // namespace
}  // namespace lacathode
