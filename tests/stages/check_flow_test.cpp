// Stage check-flow: calibrated on a flow that is exact, and alarmed by each way of being wrong.
#include "lacathode/stages/check_flow.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/stats/kolmogorov_smirnov.hpp"
#include "stages/toy_chain.hpp"

namespace lacathode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// z = (y - mean) / width, both of which may depend on the mass.
class Shifted final : public ConditionalDensity {
  public:
    using OfMass = std::function<double(double mass)>;
    explicit Shifted(
        OfMass mean = [](double) { return 0.0; }, OfMass width = [](double) { return 1.0; })
        : mean_(std::move(mean)), width_(std::move(width)) {}
    [[nodiscard]] std::size_t features() const override { return 2; }
    [[nodiscard]] FlowForward forward(const Matrix<float>& y,
                                      std::span<const float> mass) const override {
        FlowForward result{.z = y, .log_det = std::vector<float>(mass.size(), 0.0F)};
        for (std::size_t row = 0; row < mass.size(); ++row) {
            for (float& z : result.z.row(row))
                z = static_cast<float>((static_cast<double>(z) - mean_(mass[row])) /
                                       width_(mass[row]));
        }
        return result;
    }
    [[nodiscard]] FlowInverse inverse(const Matrix<float>& z,
                                      std::span<const float> mass) const override {
        FlowInverse result{.y = z, .log_det = std::vector<float>(mass.size(), 0.0F)};
        for (std::size_t row = 0; row < mass.size(); ++row) {
            for (float& y : result.y.row(row))
                y = static_cast<float>(static_cast<double>(y) * width_(mass[row]) +
                                       mean_(mass[row]));
        }
        return result;
    }

  private:
    OfMass mean_, width_;
};

// Features whose y are exactly N(0, 1)^2, whatever the mass.
FlowModel exact_model() {
    return {.flow = {},
            .transform = FeatureTransform(
                {.min = {-3, 0}, .max = {5, 1}, .mean = {0.3, 0}, .std = {1.1, 0.8}}),
            .mass = {"m", "1"},
            .features = {{"x0", "1"}, {"x1", "1"}},
            .signal_region = {0.4, 0.6},
            .counts = {},
            .hash = {}};
}

EventTable exact_events(const FlowModel& model, std::size_t count, std::uint64_t index) {
    RandomStream random = RandomStream(47, "check").at(index);
    Matrix<float> y(count, 2);
    EventTable events;
    events.mass_column = model.mass;
    events.feature_columns = model.features;
    for (std::size_t row = 0; row < count; ++row) {
        events.mass.push_back(random.uniform());
        for (float& value : y.row(row)) value = static_cast<float>(random.normal());
    }
    events.features = model.transform.inverse(y).x;
    events.label.assign(count, 0);
    events.partition.assign(count, Partition::test);
    events.source_row.assign(count, 0);
    return events;
}

constexpr CheckFlow::Config small = {.bins = 2};

FlowCheck check_of(const FlowModel& model, const ConditionalDensity& flow, const EventTable& events,
                   std::uint64_t index = 0, int threads = 1,
                   const CheckFlow::Config& config = small) {
    return CheckFlow::compute(config, model, flow,
                              {events, Encode::compute(model, flow, events).latent},
                              engine(threads), RandomStream(53, "check").at(index));
}

FlowCheck check_of(const ConditionalDensity& flow, std::uint64_t index, std::size_t count = 2000) {
    const FlowModel model = exact_model();
    return check_of(model, flow, exact_events(model, count, index), index);
}

double value_of(const FlowCheck& check, const std::string& name) {
    for (const Quantity& quantity : headline(check)) {
        if (quantity.name == name) return quantity.value;
    }
    ADD_FAILURE() << "no " << name;
    return NAN;
}

// 22 masses, rows in the order of a feature: which of equal masses are in which class
// must not follow the rows.
TEST(CheckFlow, EqualMassesInTheOrderOfAFeatureDependOnNothing) {
    const FlowModel model = exact_model();
    EventTable events = exact_events(model, 20'000, 1);
    for (double& mass : events.mass) mass = (std::floor(22 * mass) + 0.5) / 22;
    std::vector<std::size_t> rows(events.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::ranges::sort(rows, {}, [&](std::size_t row) { return events.features(row, 0); });
    const FlowCheck check = check_of(model, Shifted(), events.take(rows));
    for (const Independence& table : check.of_mass) EXPECT_GT(table.p_value, 1e-3);
}

// Half of such samples have trees that find no split: what a right flow should have.
TEST(CheckFlow, TreesThatFindNothingAreNoWarning) {
    ::testing::internal::CaptureStderr();
    for (std::uint64_t i = 0; i < 10; ++i) (void)check_of(Shifted(), i);
    EXPECT_THAT(::testing::internal::GetCapturedStderr(), Not(HasSubstr("no tree")));
}

// 200 samples of 2000 events from the flow's own density. A combined p at or below 5 % is an alarm,
// in at most 5 % of cases: 10 +- 3.1, and more than 23 in less than 1e-4 of all. The p-values of
// one bin, one table and the two-sample test are uniform to a false-alarm rate of 1e-3; the latter
// has an atom at 1 where the trees learn nothing, which are left out below.
TEST(CheckFlow, AnExactFlowPassesAsOftenAsThePValuesSay) {
    std::vector<double> bin, table;
    std::map<std::string, int> alarms;
    int auc_alarms = 0;
    for (std::uint64_t i = 0; i < 200; ++i) {
        const FlowCheck check = check_of(Shifted(), i);
        bin.push_back(check.bins[3].coordinates[1].p_value);
        table.push_back(check.of_mass[2].p_value);
        auc_alarms += check.two_sample.test.p_value <= 0.3 ? 1 : 0;
        for (const Quantity& quantity : headline(check)) {
            if (quantity.name.ends_with("p_value")) alarms[quantity.name] += quantity.value <= 0.05;
        }
    }
    EXPECT_EQ(alarms.size(), 5U);
    for (const auto& [name, count] : alarms) EXPECT_LE(count, 23) << name;
    EXPECT_GT(kolmogorov_smirnov_uniform(bin).p_value, 1e-3);
    EXPECT_GT(kolmogorov_smirnov_uniform(table).p_value, 1e-3);
    EXPECT_LE(auc_alarms, 60 + 4 * 6.5);
    EXPECT_GT(auc_alarms, 20);  // it does learn from noise, and is not always at 1/2
}

// Each is wrong in one way, by a fifth of a standard deviation or in width, which 20,000 events
// show.
TEST(CheckFlow, FindsAShift) {
    const FlowCheck check = check_of(Shifted([](double) { return 0.2; }), 1, 20'000);
    EXPECT_LT(value_of(check, "sideband_latent_p_value"), 1e-6);
    EXPECT_LT(value_of(check, "signal_region_latent_p_value"), 1e-6);
    EXPECT_NEAR(value_of(check, "sideband_latent_mean"), -0.2, 0.05);
    EXPECT_LT(value_of(check, "two_sample_p_value"), 1e-6);
    EXPECT_GT(value_of(check, "independence_p_value"), 1e-3);  // it is the same at every mass
}

TEST(CheckFlow, FindsAWidth) {
    const FlowCheck check =
        check_of(Shifted([](double) { return 0.0; }, [](double) { return 0.8; }), 2, 20'000);
    EXPECT_LT(value_of(check, "sideband_latent_p_value"), 1e-6);
    EXPECT_NEAR(value_of(check, "sideband_latent_variance"), 1 / 0.64, 0.1);
    EXPECT_LT(value_of(check, "two_sample_p_value"), 1e-6);
}

TEST(CheckFlow, FindsAMeanThatMovesWithTheMass) {
    const FlowCheck check = check_of(Shifted([](double mass) { return mass - 0.5; }), 3, 20'000);
    EXPECT_LT(value_of(check, "independence_p_value"), 1e-6);
    EXPECT_GT(value_of(check, "independence_association"), 0.1);
    EXPECT_LT(check.of_mass[0].p_value, 1e-6);
    EXPECT_LT(value_of(check, "two_sample_p_value"), 1e-6);
}

// Widths that move with the mass: |z|^2 tells them.
TEST(CheckFlow, FindsAWidthThatMovesWithTheMass) {
    const FlowCheck check =
        check_of(Shifted([](double) { return 0.0; }, [](double mass) { return 0.8 + 0.4 * mass; }),
                 4, 20'000);
    EXPECT_LT(check.of_mass[2].p_value, 1e-6);
    EXPECT_LT(check.of_mass[2].p_value, check.of_mass[0].p_value);
}

// Wrong in the signal region only: nothing in the sidebands tells.
TEST(CheckFlow, FindsAnInterpolationThatFails) {
    const auto mean = [](double mass) { return mass > 0.4 && mass < 0.6 ? 0.3 : 0.0; };
    const FlowCheck check = check_of(Shifted(mean), 5, 20'000);
    EXPECT_LT(value_of(check, "signal_region_latent_p_value"), 1e-6);
    EXPECT_GT(value_of(check, "sideband_latent_p_value"), 1e-3);
    EXPECT_GT(value_of(check, "two_sample_p_value"), 1e-3);
}

TEST(CheckFlow, CountsWhatIsNotMapped) {
    const FlowModel model = exact_model();
    EventTable events = exact_events(model, 3000, 6);
    std::int64_t inside = 0;
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (!model.signal_region.contains(events.mass[row])) continue;
        ++inside;
        if (inside <= 30) events.features(row, 0) = 6;
    }
    const FlowCheck check = check_of(model, Shifted(), events);
    EXPECT_EQ(check.signal_region.hits, 30);
    EXPECT_EQ(check.signal_region.events, inside);
    EXPECT_EQ(check.sideband.hits, 0);
    EXPECT_EQ(check.sideband.events, 3000 - inside);
    EXPECT_LT(value_of(check, "not_mapped_excess_p_value"), 1e-6);
    std::int64_t binned = 0;
    for (const LatentBin& bin : check.bins) {
        if (bin.region == Region::signal_region) binned += bin.coordinates[0].events;
    }
    EXPECT_EQ(binned, inside - 30);
}

TEST(CheckFlow, BinsHaveEqualContentInAscendingMass) {
    const FlowCheck check = check_of(Shifted(), 7);
    ASSERT_EQ(check.bins.size(), 6U);
    for (std::size_t i = 0; i < 6; ++i) {
        const LatentBin& bin = check.bins[i];
        EXPECT_EQ(bin.region == Region::signal_region, i == 2 || i == 3);
        EXPECT_LT(bin.low, bin.high);
        EXPECT_GE(bin.low, i == 0 ? 0 : check.bins[i - 1].high);
        EXPECT_EQ(bin.coordinates.size(), 2U);
    }
    for (std::size_t i = 0; i < 6; i += 2) {
        EXPECT_NEAR(static_cast<double>(check.bins[i].coordinates[0].events),
                    static_cast<double>(check.bins[i + 1].coordinates[0].events), 1);
    }
}

// The signal region at the end of the spectrum: one sideband.
TEST(CheckFlow, OneSidebandIsEnough) {
    FlowModel model = exact_model();
    model.signal_region = {0.5, 2};
    const FlowCheck check = check_of(model, Shifted(), exact_events(model, 2000, 8));
    EXPECT_EQ(check.bins.size(), 4U);
}

TEST(CheckFlow, TooFewEvents) {
    const auto complaint = [](const FlowModel& model, std::size_t events) -> std::string {
        try {
            (void)check_of(model, Shifted(), exact_events(model, events, 9));
        } catch (const InputError& error) {
            return error.what();
        }
        return "";
    };
    FlowModel model = exact_model();
    EXPECT_THAT(complaint(model, 100),
                HasSubstr("mapped events in the sidebands for check_flow.bins"
                          " = 2, at least 200 needed"));
    EXPECT_THAT(complaint(model, 2000), IsEmpty());
    model.signal_region = {0.49, 0.5};
    EXPECT_THAT(complaint(model, 2000), HasSubstr("mapped events in the signal region for "
                                                  "check_flow.bins = 2 of 20 events at least: "
                                                  "use fewer bins"));
    model.signal_region = {0.01, 0.5};
    EXPECT_THAT(complaint(model, 2000), HasSubstr("in the lower sideband"));
}

TEST(CheckFlow, LimitsAndWhatTheyAreFor) {
    const FlowCheck good = check_of(Shifted(), 10, 5000);
    const FlowCheck bad = check_of(Shifted([](double mass) { return 0.4 * mass; }), 10, 20'000);
    const auto failures = [](const FlowCheck& check, const auto& set) {
        CheckFlow::Config config;
        set(config);
        return CheckFlow::failures(config, check);
    };
    EXPECT_THAT(failures(bad, [](auto&) {}), IsEmpty());
    EXPECT_THAT(failures(good, [](auto& c) { c.least_p = 1e-6; }), IsEmpty());
    EXPECT_EQ(failures(bad, [](auto& c) { c.least_p = 1e-6; }).size(), 4U);
    EXPECT_THAT(failures(bad, [](auto& c) { c.largest_distance = 0.01; }),
                ElementsAre(HasSubstr("sideband_latent_distance = "),
                            HasSubstr("signal_region_latent_distance = ")));
    EXPECT_THAT(
        failures(bad, [](auto& c) { c.largest_association = 0.01; }),
        ElementsAre(::testing::MatchesRegex("independence_association = 0\\.0[0-9]+ exceeds "
                                            "check_flow\\.largest_association = 0\\.01")));
    EXPECT_THAT(failures(bad, [](auto& c) { c.largest_auc = 0.51; }),
                ElementsAre(HasSubstr("two_sample_auc = 0.5")));
    FlowCheck outside = good;
    outside.sideband = {400, 4000};
    EXPECT_THAT(failures(outside, [](auto& c) { c.largest_not_mapped = 0.05; }),
                ElementsAre(HasSubstr("sideband_not_mapped_rate = 0.1")));
}

// Data in the signal region may hold signal: no quality of the flow.
TEST(CheckFlow, WithoutLabelsTheSignalRegionIsNotJudged) {
    const FlowModel model = exact_model();
    EventTable events = exact_events(model, 5000, 11);
    events.label.clear();
    const auto mean = [](double mass) { return mass > 0.4 && mass < 0.6 ? 0.5 : 0.0; };
    FlowCheck check = check_of(model, Shifted(mean), events);
    EXPECT_EQ(check.judged, Judged::sidebands);
    check.signal_region.hits = check.signal_region.events / 2;
    EXPECT_LT(value_of(check, "signal_region_latent_p_value"), 1e-6);
    const CheckFlow::Config config = {
        .least_p = 1e-6, .largest_distance = 0.15, .largest_not_mapped = 0.2};
    EXPECT_THAT(CheckFlow::failures(config, check), IsEmpty());
    check.judged = Judged::everywhere;
    EXPECT_EQ(CheckFlow::failures(config, check).size(), 4U);
}

TEST(CheckFlow, TheSameForAnyNumberOfThreads) {
    const FlowModel model = exact_model();
    const EventTable events = exact_events(model, 3000, 12);
    const Shifted flow([](double) { return 0.2; });
    const auto values = [&](int threads) {
        std::vector<double> all;
        for (const Quantity& quantity : headline(check_of(model, flow, events, 12, threads)))
            all.push_back(quantity.value);
        return all;
    };
    EXPECT_EQ(values(1), values(3));
}

// Draws are of as many events as are asked for, each class once in each half.
TEST(CheckFlow, TheNumberOfSamplesIsALimit) {
    const FlowModel model = exact_model();
    const EventTable events = exact_events(model, 3000, 13);
    CheckFlow::Config config = small;
    config.samples = 300;
    EXPECT_EQ(check_of(model, Shifted(), events, 0, 1, config).two_sample.events, 150);
    config.samples = 50'000;
    // A half of the sidebands' 2400, and of these a half; six standard deviations.
    const auto tested = check_of(model, Shifted(), events, 0, 1, config).two_sample.events;
    EXPECT_NEAR(static_cast<double>(tested), 600, 33);
}

// One that has hardly moved from where it started; the toy's features follow its mass.
TEST(CheckFlow, TellsATrainedFlowFromAnUntrainedOne) {
    const EventTable events = toy_data({.correlation = 0.1}, 40'000, 14);
    const EventTable test = events.take(rows_where(
        events, [&](std::size_t row) { return events.partition[row] == Partition::test; }));
    const auto check = [&](std::size_t epochs, double learning_rate) {
        const FlowModel model =
            trained_flow(events, {.features = 2, .hidden = 16, .blocks = 3}, epochs, learning_rate);
        return check_of(model, *load_density(model, 0, engine()), test, 14, 1,
                        CheckFlow::Config{.bins = 3});
    };
    const FlowCheck good = check(10, 1e-3);
    const FlowCheck bad = check(3, 1e-5);
    EXPECT_GT(value_of(good, "two_sample_p_value"), 1e-3);
    EXPECT_LT(value_of(bad, "two_sample_p_value"), 1e-6);
    EXPECT_LT(value_of(good, "sideband_latent_distance"), 0.1);
    EXPECT_LT(value_of(good, "two_sample_auc"), 0.53);
    EXPECT_GT(value_of(bad, "sideband_latent_distance"), 0.1);
    EXPECT_GT(value_of(bad, "two_sample_auc"), 0.53);
    EXPECT_GT(value_of(bad, "independence_association"),
              value_of(good, "independence_association"));
}

}  // namespace
}  // namespace lacathode::test
