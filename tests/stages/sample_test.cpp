// Stage sample: background events in both spaces.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/frame/settings.hpp"
#include "stages/toy_chain.hpp"
#include "support/event_files.hpp"
#include "support/gaussianity.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

// Every p-value here is uniform if the code is right: false-alarm rate 1e-4 each, fixed seeds.
constexpr double false_alarm_rate = 1e-4;

struct Background : ::testing::Test {
    struct Trained {
        EventTable data = toy_data({.correlation = 0.1}, 40'000, 3);
        FlowModel model = trained_flow(data, {.features = 2, .hidden = 16, .blocks = 3}, 3);
        std::vector<double> masses = part(data, Partition::training, Region::signal_region).mass;
    };
    // Once for all tests.
    static const Trained& trained() {
        static const Trained once;
        return once;
    }

    [[nodiscard]] BackgroundSample draw(std::size_t checkpoints = 1, int threads = 1,
                                        std::uint64_t seed = 1) const {
        const Sample::Config config{.size = {9'000, 3'000}, .checkpoints = checkpoints};
        return Sample::compute(config, {}, model, MassDensity::fit(masses), engine(threads),
                               RandomStream(seed, "sample"));
    }

    const EventTable& data = trained().data;
    const FlowModel& model = trained().model;
    const std::vector<double>& masses = trained().masses;
};

// Two-sample Kolmogorov-Smirnov by the rank of each value of `a` among all of `b`.
double two_sample_p_value(std::vector<double> a, std::vector<double> b) {
    std::ranges::sort(a);
    std::ranges::sort(b);
    const double n = static_cast<double>(a.size());
    const double m = static_cast<double>(b.size());
    double distance = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        (a[i] <= b[j] ? i : j) += 1;
        distance =
            std::max(distance, std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m));
    }
    const double root = std::sqrt(n * m / (n + m));
    const double lambda = (root + 0.12 + 0.11 / root) * distance;
    double sum = 0;
    for (int k = 1; k <= 100; ++k)
        sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * lambda * lambda);
    return std::clamp(sum, 0.0, 1.0);
}

TEST_F(Background, TablesAreWellFormed) {
    const BackgroundSample sample = draw();
    sample.features.check();
    sample.latent.check();
    EXPECT_EQ(sample.features.feature_columns, data.feature_columns);
    EXPECT_EQ(sample.latent.feature_columns, latent_columns(2));
    EXPECT_EQ(sample.features.mass, sample.latent.mass);
    EXPECT_EQ(std::ranges::count(sample.features.partition, Partition::training), 9'000);
    EXPECT_EQ(std::ranges::count(sample.features.partition, Partition::validation), 3'000);
    EXPECT_EQ(std::ranges::count(sample.features.label, 0), 12'000);
    EXPECT_EQ(sample.features.source_row.front(), -1);
    EXPECT_EQ(sample.features.source_row.back(), -12'000);
    EXPECT_EQ(std::ranges::count(sample.features.mapped, 1), 12'000);
    for (const double mass : sample.features.mass) ASSERT_TRUE(toy_window().contains(mass));
}

TEST_F(Background, LatentIsStandardNormalInBothParts) {
    const BackgroundSample sample = draw();
    for (const Partition partition : {Partition::training, Partition::validation}) {
        for (const auto& test :
             gaussianity(part(sample.latent, partition, Region::signal_region).features)) {
            EXPECT_GT(test.p_value, false_alarm_rate);
        }
    }
    // The twin that must fail.
    Matrix<float> biased = sample.latent.features;
    for (float& value : biased.values()) value += 0.05F;
    EXPECT_LT(gaussianity(biased)[0].p_value, false_alarm_rate);
}

TEST_F(Background, MassesFollowTheData) {
    const BackgroundSample sample = draw();
    EXPECT_GT(two_sample_p_value(sample.features.mass, masses), false_alarm_rate);
    std::vector<double> biased = sample.features.mass;
    for (double& mass : biased) mass = 0.8 * mass;
    EXPECT_LT(two_sample_p_value(biased, masses), false_alarm_rate);
}

// Tolerances: float32 through three blocks and back; near the box's edges x itself is rounded, and
// z with it, so only the core is compared closely.
TEST_F(Background, EncodingGivesTheDrawBack) {
    const BackgroundSample sample = draw();
    const auto flow = load_density(model, 0, engine());
    const Encoded encoded = Encode::compute(model, *flow, sample.features);
    std::size_t compared = 0;
    for (std::size_t row = 0; row < sample.features.size(); ++row) {
        const auto z = sample.latent.features.row(row);
        if (std::abs(z[0]) > 3 || std::abs(z[1]) > 3) continue;
        ASSERT_TRUE(encoded.latent.is_mapped(row));
        ++compared;
        EXPECT_NEAR(encoded.latent.features(row, 0), z[0], 1e-3);
        EXPECT_NEAR(encoded.latent.features(row, 1), z[1], 1e-3);
        EXPECT_NEAR(encoded.log_prob[row], sample.log_prob[row], 5e-3);
    }
    EXPECT_GT(compared, 11'000U);
}

TEST_F(Background, DependsOnTheSeedAndNotOnThreads) {
    const BackgroundSample one = draw(2, 1);
    const BackgroundSample three = draw(2, 3);
    EXPECT_EQ(one.features.features, three.features.features);
    EXPECT_EQ(one.latent.features, three.latent.features);
    EXPECT_EQ(one.features.mass, three.features.mass);
    EXPECT_EQ(one.log_prob, three.log_prob);
    EXPECT_NE(one.latent.features, draw(2, 1, 2).latent.features);
}

// A block of rows is 2^16: what comes before and behind its end.
TEST_F(Background, RowsDoNotDependOnHowManyFollowAndNoneRepeats) {
    const Sample::Config config{.size = {60'000, 10'000}};
    const BackgroundSample large = Sample::compute(config, {}, model, MassDensity::fit(masses),
                                                   engine(), RandomStream(1, "sample"));
    const BackgroundSample small = draw();
    ASSERT_EQ(large.features.size(), 70'000U);
    large.features.check();
    EXPECT_EQ(large.features.source_row.back(), -70'000);
    for (std::size_t row = 0; row < small.features.size(); ++row) {
        ASSERT_EQ(large.features.mass[row], small.features.mass[row]);
        ASSERT_EQ(large.latent.features(row, 1), small.latent.features(row, 1));
        ASSERT_EQ(large.features.features(row, 1), small.features.features(row, 1));
    }
    std::vector<float> z;
    for (std::size_t row = 0; row < large.latent.size(); ++row)
        z.push_back(large.latent.features(row, 0));
    std::ranges::sort(z);
    // 70,000 draws of float32 normals share a value now and then, a repeated block shares all.
    EXPECT_LT(z.size() - static_cast<std::size_t>(std::ranges::unique(z).begin() - z.begin()),
              1'000U);
}

TEST_F(Background, AReferenceIsNoTrainingSample) {
    const Sample::Config config{.size = {90, 30}, .reference = 50};
    const BackgroundSample sample = Sample::compute(config, {}, model, MassDensity::fit(masses),
                                                    engine(), RandomStream(1, "sample"));
    EXPECT_EQ(sample.features.partition, std::vector<Partition>(50, Partition::validation));
}

// Each row was made by one of three states: the one whose encoding gives its z back.
TEST_F(Background, StatesShareTheSampleEquallyAndMixed) {
    const BackgroundSample sample = draw(3);
    std::vector<int> maker(sample.features.size(), -1);
    std::vector<float> best(sample.features.size(), 1e30F);
    for (std::size_t rank = 0; rank < 3; ++rank) {
        const auto flow = load_density(model, rank, engine());
        const Encoded encoded = Encode::compute(model, *flow, sample.features);
        for (std::size_t row = 0; row < maker.size(); ++row) {
            if (!encoded.latent.is_mapped(row)) continue;
            const float distance =
                std::abs(encoded.latent.features(row, 0) - sample.latent.features(row, 0)) +
                std::abs(encoded.latent.features(row, 1) - sample.latent.features(row, 1));
            if (distance < best[row]) {
                best[row] = distance;
                maker[row] = static_cast<int>(rank);
            }
        }
    }
    for (int rank = 0; rank < 3; ++rank) {
        // A few rows that two states map alike within rounding may be told wrongly.
        EXPECT_NEAR(static_cast<double>(std::ranges::count(maker, rank)), 4'000, 40);
        // Of the first 9,000 rows each state has 3,000 +- 27 (hypergeometric): 4.5 sigma and those.
        EXPECT_NEAR(static_cast<double>(std::count(maker.begin(), maker.begin() + 9'000, rank)),
                    3'000, 160);
    }
}

TEST_F(Background, MoreStatesThanKeptAreRefused) {
    EXPECT_THROW(draw(4), UsageError);
}

// A flow that blows up: the draws are marked, not written as numbers.
TEST_F(Background, DrawsWithoutAFiniteEventAreMarked) {
    FlowModel broken = model;
    for (NamedArray& array : broken.flow.best[0].state) {
        if (array.name == "block_00/output_bias") array.values[2] = 1e4F;
    }
    const Sample::Config config{.size = {50, 50}};
    const BackgroundSample sample = Sample::compute(config, {}, broken, MassDensity::fit(masses),
                                                    engine(), RandomStream(1, "sample"));
    EXPECT_EQ(std::ranges::count(sample.features.mapped, 0), 100);
    EXPECT_EQ(sample.features.mapped, sample.latent.mapped);
    EXPECT_TRUE(std::ranges::all_of(sample.latent.features.values(),
                                    [](float z) { return std::isnan(z); }));
    EXPECT_TRUE(std::isnan(sample.log_prob.front()));
}

struct SampleFiles : Scratch {
    // A sample that follows training events of these masses.
    [[nodiscard]] EventTable drawn(const Sample::Config& config, Method method = Method::cathode,
                                   const std::vector<double>& mass = {-0.2, 0, 0.2},
                                   const std::vector<float>& weight = {}) const {
        const auto& [data, model, masses] = Background::trained();
        Provenance provenance = some_provenance();
        provenance.origins = {{"0123", {"elsewhere"}}};
        OutputFile flow(path("flow.h5"), FileFormat::flow, Overwrite::allow);
        write_flow(flow, model);
        (void)flow.commit(provenance);
        std::vector<std::size_t> rows(mass.size());
        std::iota(rows.begin(), rows.end(), std::size_t{0});
        EventTable events = data.take(rows);
        events.mass = mass;
        events.weight = weight;
        events.partition.assign(mass.size(), Partition::training);
        provenance.origins = {{"", {"table"}}};
        write_events(path("events.h5"), EventKind::events, header_of(events, toy_window()), events,
                     {}, provenance, Overwrite::allow);
        StageContext context;
        context.common.threads = 1;
        context.overwrite = Overwrite::allow;
        Job job(context, "{}", Sample::algorithm, path("samples.h5"));
        Sample::run(config,
                    {.method = method,
                     .events = path("events.h5"),
                     .flow = path("flow.h5"),
                     .output = path("samples.h5")},
                    job);
        return read_events(path("samples.h5"), event_kind(info(method).space)).table;
    }
    // z of such events.
    [[nodiscard]] std::set<std::vector<float>> drawn_latent(const Sample::Config& config) const {
        const Matrix<float> z = drawn(config, Method::lacathode).features;
        std::set<std::vector<float>> rows;
        for (std::size_t row = 0; row < z.rows(); ++row)
            rows.emplace(z.row(row).begin(), z.row(row).end());
        return rows;
    }
};

// One mass lies between the extremes, at t = 0 of (4.2): draws have its kernel, N(0, 0.5). Five
// errors of their width, 6e-7.
TEST_F(SampleFiles, KernelsHaveTheBandwidthAskedFor) {
    const EventTable sample = drawn({.size = {3'000, 1'000}, .bandwidth = 0.5});
    double squares = 0;
    for (const double mass : sample.mass) {
        const double t = std::log((mass + 0.2) / (0.2 - mass));
        squares += t * t / 4'000;
    }
    EXPECT_NEAR(std::sqrt(squares), 0.5, 5 * 0.5 / std::sqrt(2 * 4'000.0));
}

// Of the two masses between the extremes the lower one weighs three quarters. Five errors, 6e-7.
TEST_F(SampleFiles, MassesFollowTheWeights) {
    const EventTable sample =
        drawn({.size = {3'000, 1'000}}, Method::cathode, {-0.2, -0.1, 0.1, 0.2}, {1, 3, 1, 1});
    const auto below = std::ranges::count_if(sample.mass, [](double mass) { return mass < 0; });
    EXPECT_NEAR(static_cast<double>(below) / 4'000, 0.75, 5 * std::sqrt(0.75 * 0.25 / 4'000));
}

TEST_F(SampleFiles, NoEventOfTheReferenceIsInTheSample) {
    const auto sample = drawn_latent({.size = {3'000, 1'000}});
    const auto reference = drawn_latent({.size = {}, .reference = 2'000});
    EXPECT_EQ(sample.size(), 4'000U);
    EXPECT_EQ(reference.size(), 2'000U);
    std::vector<std::vector<float>> both;
    std::ranges::set_intersection(sample, reference, std::back_inserter(both));
    EXPECT_EQ(both.size(), 0U);
}

}  // namespace
}  // namespace lacathode::test
