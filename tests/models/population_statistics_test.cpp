// Batch norm statistics in the presence of far outliers (docs/decisions/0005).
#include <gtest/gtest.h>

#include <cmath>

#include "models/network_cases.hpp"

namespace lacathode::test {
namespace {

constexpr MafArchitecture architecture{.features = 3, .hidden = 24, .blocks = 3};

// `data` with one event more, far out in feature 1.
FlowData with_event(const FlowData& data, float value) {
    FlowData result = data;
    std::vector<float> values(data.y.values().begin(), data.y.values().end());
    values.insert(values.end(), {0.0F, value, 0.0F});
    result.mass.push_back(3.0F);
    result.y = Matrix<float>(result.mass.size(), 3, std::move(values));
    return result;
}

class PopulationStatistics : public ::testing::TestWithParam<Backend> {
  protected:
    [[nodiscard]] std::unique_ptr<MafNetwork> flow(int threads = 1) const {
        auto made = make_flow(GetParam(), architecture, {}, threads);
        made->load(varied_flow_state(architecture, 5));
        return made;
    }
};

TEST_P(PopulationStatistics, LeaveNobodyOutOfOrdinaryData) {
    EXPECT_EQ(flow()->set_population_statistics(correlated_events(20'000, 3, 6)), 0U);
}

TEST_P(PopulationStatistics, AreThoseOfTheOthersIfOneEventIsFarOut) {
    const FlowData data = correlated_events(20'000, 3, 6);
    const auto expected = flow();
    ASSERT_EQ(expected->set_population_statistics(data), 0U);
    // 1e4 grows through the exponentials; 1e30 overflows in the first block.
    for (const float value : {1e4F, -1e4F, 1e30F}) {
        const auto made = flow();
        EXPECT_EQ(made->set_population_statistics(with_event(data, value)), 1U) << value;
        const FlowForward a = made->forward(data.y, data.mass);
        const FlowForward b = expected->forward(data.y, data.mass);
        // The same sums in another order.
        EXPECT_LE(largest_difference(a.z.values(), b.z.values()), 1e-5) << value;
    }
}

TEST_P(PopulationStatistics, KeepAnEventThatIsOnlyRare) {
    // 20 standard deviations: within the bound, so it counts and widens the variance.
    const FlowData data = correlated_events(20'000, 3, 6);
    const auto made = flow();
    EXPECT_EQ(made->set_population_statistics(with_event(data, 20.0F)), 0U);
}

TEST_P(PopulationStatistics, LeaveOutAnEventThatIsJustTooFar) {
    // 20 is kept, so the bound lies between. The event's own chunk alone does not show it by its
    // standard deviation, 70 / sqrt(512).
    const FlowData data = correlated_events(20'000, 3, 6);
    const auto made = flow();
    EXPECT_EQ(made->set_population_statistics(with_event(data, 70.0F)), 1U);
}

TEST_P(PopulationStatistics, DoNotDependOnThreadsWithOutliers) {
    FlowData data = correlated_events(20'000, 3, 6);
    for (const std::size_t row : {3U, 700U, 19'999U}) data.y(row, 1) = 1e5F;
    const auto one = flow(1);
    const auto three = flow(3);
    EXPECT_EQ(one->set_population_statistics(data), 3U);
    EXPECT_EQ(three->set_population_statistics(data), 3U);
    EXPECT_EQ(one->state(), three->state());
}

INSTANTIATE_TEST_SUITE_P(Backends, PopulationStatistics, all_backends(), backend_name);

}  // namespace
}  // namespace lacathode::test
