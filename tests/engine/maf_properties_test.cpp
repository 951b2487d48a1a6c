// What holds for any MAF: the inverse undoes it, events and threads do not matter.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/instruction_sets.hpp"
#include "engine/random_maf.hpp"

namespace lacathode::test {
namespace {

class MafProperties : public OnEveryInstructionSet {
  protected:
    [[nodiscard]] std::unique_ptr<MafNetwork> maf(const MafArchitecture& architecture,
                                                  int threads = 1) const {
        return random_maf(architecture, 1, threads, instruction_set_);
    }
};

TEST_P(MafProperties, InverseUndoesForwardAndLogDetsCancel) {
    for (const std::size_t features : {1U, 2U, 4U, 7U, 20U}) {
        const auto flow = maf({features, 40, 4});
        const FlowData data = random_events(301, features, 2);
        const FlowForward forward = flow->forward(data.y, data.mass);
        const FlowInverse inverse = flow->inverse(forward.z, data.mass);
        double worst = 0;
        for (std::size_t i = 0; i < data.y.values().size(); ++i) {
            worst = std::max(worst, std::abs(static_cast<double>(inverse.y.values()[i]) -
                                             static_cast<double>(data.y.values()[i])));
        }
        EXPECT_LT(worst, 5e-5) << features << " features";
        for (std::size_t e = 0; e < data.size(); ++e) {
            ASSERT_NEAR(static_cast<double>(inverse.log_det[e]),
                        -static_cast<double>(forward.log_det[e]), 1e-4);
        }
    }
}

TEST_P(MafProperties, EventsDoNotDependOnTheirNeighbours) {
    const auto flow = maf({4, 32, 3});
    const FlowData data = random_events(700, 4, 2);
    const FlowForward all = flow->forward(data.y, data.mass);
    for (const std::size_t e : {0U, 31U, 32U, 255U, 256U, 699U}) {
        const Matrix<float> one(1, 4, {data.y.row(e).begin(), data.y.row(e).end()});
        const FlowForward alone = flow->forward(one, std::span(data.mass).subspan(e, 1));
        EXPECT_EQ(alone.log_det[0], all.log_det[e]);
        for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(alone.z(0, i), all.z(e, i));
    }
}

TEST_P(MafProperties, AnEventThatIsNotFiniteStaysSoAndHarmsNoOther) {
    const auto flow = maf({4, 32, 3});
    FlowData data = random_events(40, 4, 2);
    const FlowForward before = flow->forward(data.y, data.mass);
    data.y(7, 2) = std::numeric_limits<float>::quiet_NaN();
    data.y(9, 0) = std::numeric_limits<float>::infinity();
    const FlowForward after = flow->forward(data.y, data.mass);
    for (std::size_t e = 0; e < data.size(); ++e) {
        bool finite = std::isfinite(after.log_det[e]);
        for (const float z : after.z.row(e)) finite = finite && std::isfinite(z);
        EXPECT_EQ(finite, e != 7 && e != 9) << "event " << e;
        if (e == 7 || e == 9) continue;
        EXPECT_EQ(after.z(e, 0), before.z(e, 0));
    }
}

TEST_P(MafProperties, EveryNumberOfThreadsGivesTheSameBits) {
    const MafArchitecture architecture{4, 48, 3};
    const FlowData data = random_events(1300, 4, 2);
    for (const std::size_t batch : {1U, 33U, 257U}) {
        const auto one = maf(architecture);
        for (const int threads : {2, 3, 5}) {
            const auto many = maf(architecture, threads);
            one->load(random_state(architecture, 1));
            for (int step = 0; step < 3; ++step) {
                EXPECT_EQ(one->training_step(data, first_rows(batch)),
                          many->training_step(data, first_rows(batch)));
            }
            one->set_population_statistics(data);
            many->set_population_statistics(data);
            EXPECT_EQ(one->state(), many->state()) << batch << " events, " << threads << " threads";
            EXPECT_EQ(one->training_gradient(data, first_rows(batch)).gradient,
                      many->training_gradient(data, first_rows(batch)).gradient);
            EXPECT_EQ(one->forward(data.y, data.mass).z, many->forward(data.y, data.mass).z);
            EXPECT_EQ(one->inverse(data.y, data.mass).y, many->inverse(data.y, data.mass).y);
        }
    }
}

TEST_P(MafProperties, ABatchLeavesNothingBehindForTheNext) {
    const MafArchitecture architecture{5, 24, 2};
    const FlowData data = random_events(300, 5, 2);
    const auto fresh = maf(architecture);
    const auto used = maf(architecture);
    (void)used->training_gradient(data, first_rows(300));
    const auto expected = fresh->training_gradient(data, first_rows(37));
    const auto result = used->training_gradient(data, first_rows(37));
    EXPECT_EQ(result.log_prob, expected.log_prob);
    EXPECT_EQ(result.gradient, expected.gradient);
}

TEST_P(MafProperties, NoEventsNoResults) {
    const auto flow = maf({4, 16, 2});
    EXPECT_EQ(flow->forward({}, {}).log_det.size(), 0U);
    EXPECT_EQ(flow->inverse(Matrix<float>(0, 4), {}).y.rows(), 0U);
}

INSTANTIATE_TEST_SUITE_P(EveryInstructionSet, MafProperties, every_instruction_set(),
                         instruction_set_name);

}  // namespace
}  // namespace lacathode::test
