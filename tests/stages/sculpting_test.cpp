// The physics of the method with trained networks (LaCATHODE paper, section III;
// docs/method.md, section 8): where features depend on the mass, a classifier that never saw the
// mass sculpts it; in the latent space it does not.
//
// Every "does not" has a false-alarm rate of 1e-3 (fixed seeds), for a perfect map; the twin that
// must fail is the same test in x space at c = 0.1.
#include <gtest/gtest.h>

#include "stages/toy_chain.hpp"

namespace lacathode::test {
namespace {

constexpr double sculpted = 1e-6;
constexpr double false_alarm_rate = 1e-3;

// Data and an independent sample of the same distribution: the perfect background template.
struct Study {
    ToyModel model;
    EventTable data;
    EventTable sample;
};

Study study(double correlation) {
    const ToyModel model{.correlation = correlation};
    return {model, toy_data(model, 200'000, 0), toy_data(model, 200'000, 1)};
}

TEST(TrainedMlp, SculptsInXSpaceWhereXDependsOnTheMass) {
    const Study toy = study(0.1);
    const ClassifierModel classifier = trained_classifier(toy.data, toy.sample);
    const double p = sculpting_p_value(classifier, toy.data);
    RecordProperty("p", std::to_string(p));
    EXPECT_LT(p, sculpted);
}

TEST(TrainedMlp, DoesNotSculptInTheExactLatentSpace) {
    const Study toy = study(0.1);
    const EventTable data = exact_latent(toy.model, toy.data);
    const ClassifierModel classifier =
        trained_classifier(data, exact_latent(toy.model, toy.sample));
    EXPECT_GT(sculpting_p_value(classifier, data), false_alarm_rate);
}

TEST(TrainedMlp, DoesNotSculptWhereXHardlyDependsOnTheMass) {
    const Study toy = study(0.001);
    const ClassifierModel classifier = trained_classifier(toy.data, toy.sample);
    EXPECT_GT(sculpting_p_value(classifier, toy.data), false_alarm_rate);
}

}  // namespace
}  // namespace lacathode::test
