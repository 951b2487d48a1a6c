// The whole method on background-only toy data (c = 0.1) with a real flow: trained on the
// sidebands, used in the signal region.
//
// The network is the smallest with which the map is good enough at these statistics (32 units, 4
// blocks, 25 epochs at the papers' learning rate; ten times that rate leaves visible noise in the
// signal region). Seeds are fixed; the false-alarm rates hold for a perfect flow.
#include <gtest/gtest.h>

#include <cmath>

#include "lacathode/stats/roc.hpp"
#include "stages/toy_chain.hpp"

namespace lacathode::test {
namespace {

struct FlowPhysics : ::testing::Test {
    struct Trained {
        EventTable data = toy_data({.correlation = 0.1}, 200'000, 0);
        FlowModel model = trained_flow(data, {.features = 2, .hidden = 32, .blocks = 4}, 25, 1e-4);
        EventTable latent = Encode::compute(model, *load_density(model, 0, engine()), data).latent;
    };
    // Once for all tests.
    static const Trained& trained() {
        static const Trained once;
        return once;
    }

    [[nodiscard]] BackgroundSample sample(std::uint64_t seed) const {
        const auto masses = part(data, Partition::training, Region::signal_region).mass;
        return Sample::compute({.size = {6'000, 2'000}}, {}, model, MassDensity::fit(masses),
                               engine(), RandomStream(seed, "sample"));
    }

    const EventTable& data = trained().data;
    const EventTable& latent = trained().latent;
    const FlowModel& model = trained().model;
};

// False-alarm rate 1e-3. The twin that must fail: the same flow's samples in x space (CATHODE).
TEST_F(FlowPhysics, LatentSpaceIsUnsculptedWhereXSpaceIsSculpted) {
    const BackgroundSample background = sample(5);
    EXPECT_GT(sculpting_p_value(trained_classifier(latent, background.latent), latent), 1e-3);
    EXPECT_LT(sculpting_p_value(trained_classifier(data, background.features), data), 1e-6);
}

// Area under the curve of held-out data against fresh background, and its standard deviation if
// both are of one distribution (Mann-Whitney).
struct Area {
    double value;
    double sigma;
};

Area area(const ClassifierModel& classifier, const EventTable& data, const EventTable& background) {
    std::vector<float> score = scores(classifier, data);
    std::vector<std::int8_t> label(score.size(), 1);
    const std::vector<float> other = scores(classifier, background);
    score.insert(score.end(), other.begin(), other.end());
    label.resize(score.size(), 0);
    std::vector<std::uint8_t> mapped(score.size());
    for (std::size_t i = 0; i < score.size(); ++i) mapped[i] = std::isnan(score[i]) ? 0 : 1;
    const RocCurve roc = roc_curve(score, label, mapped, Unmapped::excluded);
    const double n = static_cast<double>(roc.signal_events);
    const double m = static_cast<double>(roc.background_events);
    return {area_under_curve(roc), std::sqrt((n + m + 1) / (12 * n * m))};
}

// Nothing is injected, so a classifier must find nothing: 4 sigma, false-alarm rate 6e-5. The twin:
// data moved by a quarter of a standard deviation.
TEST_F(FlowPhysics, WithoutSignalDataAndBackgroundCannotBeToldApart) {
    const BackgroundSample background = sample(5);
    const BackgroundSample fresh = sample(6);
    const auto held_out = [](const EventTable& events) {
        return part(events, Partition::test, Region::signal_region);
    };
    const Area in_z =
        area(trained_classifier(latent, background.latent), held_out(latent), fresh.latent);
    EXPECT_NEAR(in_z.value, 0.5, 4 * in_z.sigma);
    const Area in_x =
        area(trained_classifier(data, background.features), held_out(data), fresh.features);
    EXPECT_NEAR(in_x.value, 0.5, 4 * in_x.sigma);
    EventTable moved = data;
    for (float& value : moved.features.values()) value += 0.25F;
    const Area biased =
        area(trained_classifier(moved, background.features), held_out(moved), fresh.features);
    EXPECT_GT(biased.value, 0.5 + 4 * biased.sigma);
}

}  // namespace
}  // namespace lacathode::test
