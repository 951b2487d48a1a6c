// Which trainings LibTorch does as one computation.
#include "workflow/training_family.hpp"

#include <gtest/gtest.h>

#include "lacathode/stages/prepare.hpp"
#include "lacathode/stages/train_classifier.hpp"
#include "lacathode/stages/train_flow.hpp"

namespace lacathode::test {
namespace {

// Files, numbers and seeds may differ, settings not.
TEST(TrainingFamily, IsOfStageAndSettings) {
    const StageContext context;
    const TrainFlow::Config config;
    const TrainFlow::Paths paths{.events = "a.h5", .output = {}};
    const std::string family = training_of<TrainFlow>(config, paths, context)->family();
    StageContext other_seed;
    other_seed.common.seed = 2;
    TrainFlow::Config other_number;
    other_number.retraining = 3;
    const TrainFlow::Paths other_paths{.events = "b.h5", .output = "flow.h5"};
    EXPECT_EQ(training_of<TrainFlow>(other_number, other_paths, other_seed)->family(), family);
    TrainFlow::Config longer;
    longer.training.epochs = 7;
    EXPECT_NE(training_of<TrainFlow>(longer, paths, context)->family(), family);
    StageContext other_device;
    other_device.common.device = Device::cuda;
    EXPECT_NE(training_of<TrainFlow>(config, paths, other_device)->family(), family);
    const TrainClassifier::Config classifier;
    EXPECT_NE(training_of<TrainClassifier>(classifier, {}, context)->family(), family);
    const Prepare::Config prepare;
    EXPECT_EQ(training_of<Prepare>(prepare, {}, context), nullptr);
}

}  // namespace
}  // namespace lacathode::test
