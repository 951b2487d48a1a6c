// Pseudo-data: masses of the fitted spectrum, features of the flow, nothing of a signal.
#include "lacathode/stages/pseudo_data.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/models/flow_file.hpp"
#include "lacathode/stages/encode.hpp"
#include "lacathode/stages/events/split.hpp"
#include "lacathode/stages/search/inclusive_spectrum.hpp"
#include "lacathode/stats/gamma_distribution.hpp"
#include "stages/scores_files.hpp"
#include "stages/toy_chain.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const MassWindow window(3.3, 3.7);
const SpectrumSettings settings{.low = 2.8,
                                .high = 8,
                                .shape = SpectrumShape::log_polynomial,
                                .least_parameters = 2,
                                .most_parameters = 3,
                                .efficiency_low = 2.6};

// P(m > x) = (2.5 / x)^6.
double falling_mass(RandomStream& stream) {
    return 2.5 * std::pow(stream.uniform(), -1.0 / 6);
}

std::vector<double> falling_masses(std::size_t count, std::uint64_t index) {
    RandomStream stream = RandomStream(61, "falling").at(index);
    std::vector<double> masses(count);
    std::ranges::generate(masses, [&] { return falling_mass(stream); });
    return masses;
}

double fraction_within(const std::vector<double>& masses, double low, double high) {
    const auto inside =
        std::ranges::count_if(masses, [&](double mass) { return low < mass && mass < high; });
    return static_cast<double>(inside) / static_cast<double>(masses.size());
}

// chi2 of the draws in the cells to the truth; one false alarm in 10,000.
TEST(InclusiveSpectrum, DrawsFollowTheFunction) {
    const InclusiveSpectrum spectrum(settings, window, falling_masses(4'000'000, 0), "events");
    EXPECT_EQ(spectrum.parameters(), 2U);
    constexpr std::size_t count = 200'000;
    const std::vector<double> drawn = spectrum.draw(count, RandomStream(62, "draw"));
    double chi2 = 0;
    std::size_t cells = 0;
    for (double low = 2.8; low < 5; low += 0.05, ++cells) {
        const double expected = count * (std::pow(2.5 / low, 6) - std::pow(2.5 / (low + 0.05), 6));
        const double observed = count * fraction_within(drawn, low, low + 0.05);
        chi2 += (observed - expected) * (observed - expected) / expected;
    }
    EXPECT_GT(gamma_survival(chi2, static_cast<double>(cells) / 2, 2), 1e-4) << chi2;
}

TEST(InclusiveSpectrum, BeyondTheRangeTheObservedMassesAreDrawn) {
    const std::vector<double> masses = falling_masses(20'000, 1);
    const std::set<double> observed(masses.begin(), masses.end());
    const InclusiveSpectrum spectrum(settings, window, masses, "events");
    const std::vector<double> drawn = spectrum.draw(20'000, RandomStream(63, "draw"));
    for (const double mass : drawn) {
        const bool within = settings.low <= mass && mass < settings.high;
        EXPECT_EQ(observed.contains(mass), !within) << mass;
    }
    // 0.494 of 20,000 lie below 2.8: +- 0.005 for both samples, five errors.
    EXPECT_NEAR(fraction_within(drawn, 0, 2.8), fraction_within(masses, 0, 2.8), 0.025);
}

// Weights that rise as m^2 make (2.5 / x)^6 a spectrum of (2.5 / x)^4: a fraction (2.8 / 3.5)^4 of
// what lies above 2.8 is above 3.5. Four errors of the fit and the draws.
TEST(InclusiveSpectrum, FollowsTheWeights) {
    const std::vector<double> masses = falling_masses(400'000, 3);
    std::vector<float> weights;
    for (const double mass : masses) weights.push_back(static_cast<float>(0.1 * mass * mass));
    const InclusiveSpectrum spectrum(settings, window, masses, "events", weights);
    const std::vector<double> drawn = spectrum.draw(100'000, RandomStream(69, "draw"));
    const double above = fraction_within(drawn, 2.8, 8);
    const double expected =
        (std::pow(3.5, -4) - std::pow(8.0, -4)) / (std::pow(2.8, -4) - std::pow(8.0, -4));
    EXPECT_NEAR(fraction_within(drawn, 3.5, 8) / above, expected, 0.01);
    // Below 2.8 lies 1 - (2.5 / 2.8)^4 of all.
    EXPECT_NEAR(fraction_within(drawn, 0, 2.8), 1 - std::pow(2.5 / 2.8, 4), 0.01);
    // Whatever unit they are in: of these the sum is below 1.
    std::vector<float> small = weights;
    for (float& weight : small) weight *= 1e-7F;
    const InclusiveSpectrum same(settings, window, masses, "events", small);
    EXPECT_NEAR(fraction_within(same.draw(100'000, RandomStream(69, "draw")), 0, 2.8),
                1 - std::pow(2.5 / 2.8, 4), 0.01);
    weights.front() = -1;
    std::vector<double> beyond = masses;
    beyond.front() = 2.6;
    EXPECT_THROW(InclusiveSpectrum(settings, window, beyond, "events", weights), InputError);
}

// A bump in the data is none in the draws: a fit of all events hardly follows it.
TEST(InclusiveSpectrum, ASignalIsNotDrawn) {
    std::vector<double> masses = falling_masses(100'000, 2);
    const double background = fraction_within(masses, 3.45, 3.55) * 100'000;
    masses.insert(masses.end(), 1'000, 3.5);
    const InclusiveSpectrum spectrum(settings, window, masses, "events");
    const std::vector<double> drawn = spectrum.draw(101'000, RandomStream(64, "draw"));
    const double found = fraction_within(drawn, 3.45, 3.55) * 101'000;
    EXPECT_LT(found, background + 200);
}

TEST(InclusiveSpectrum, TellsWhetherTheFunctionFits) {
    const std::vector<double> masses = falling_masses(100'000, 3);
    const double good = InclusiveSpectrum(settings, window, masses, "events").goodness();
    EXPECT_GT(good, 1e-3);
    std::vector<double> turned_on;
    for (const double mass : masses) {
        if (mass > 3) turned_on.push_back(mass);
    }
    EXPECT_LT(InclusiveSpectrum(settings, window, turned_on, "events").goodness(), 1e-6);
}

// Half of the bins of this steep spectrum expect less than a tenth of an event, of which a deviance
// is far below one: it is not chi2. Of 2000 spectra p is below 5 %, and above 95 %, in 100 +- 9.7:
// 3.3 errors, false-alarm rate 1e-3 each.
TEST(InclusiveSpectrum, GoodnessIsThatOfChanceAtFewEventsToo) {
    int low = 0;
    int high = 0;
    for (std::uint64_t toy = 0; toy < 2000; ++toy) {
        RandomStream own = RandomStream(66, "few events").at(toy);
        std::vector<double> masses(4000);
        std::ranges::generate(masses, [&] { return 2.5 * std::pow(own.uniform(), -1.0 / 12); });
        const double p = InclusiveSpectrum(settings, window, masses, "events").goodness();
        low += p < 0.05 ? 1 : 0;
        high += p > 0.95 ? 1 : 0;
    }
    EXPECT_NEAR(low, 100, 32);
    EXPECT_NEAR(high, 100, 32);
}

// Of what is in no data, wherever its mass lies.
TEST(SignalOfPseudoData, IsLackingBeforeAnyTraining) {
    EventCounts events(/*has_label=*/true);
    events.add(Partition::evaluation, Region::signal_region, 1, 3);
    events.add(Partition::evaluation, Region::sideband, 1, 2);
    events.add(Partition::evaluation, Region::signal_region, 0, 10);
    events.add(Partition::training, Region::signal_region, 1, 10);
    EXPECT_THAT(PseudoData::lacks({.signal = 5}, events), IsEmpty());
    EXPECT_THAT(PseudoData::lacks({.signal = 6}, events),
                ElementsAre(AllOf(HasSubstr("has 5 labelled signal events"),
                                  HasSubstr("pseudo_data.signal = 6: add fewer"))));
}

struct PseudoDataStage : ScoresFiles {
    // Background, of which a third is in the test set, and 300 signal events, 50 of them injected.
    static EventTable events(std::size_t count, std::uint64_t index) {
        EventTable table;
        table.mass_column = {"m", "TeV"};
        table.feature_columns = {{"x", "1"}, {"y", "1"}};
        RandomStream stream = RandomStream(66, "events").at(index);
        std::vector<float> features;
        for (std::size_t row = 0; row < count + 300; ++row) {
            const bool signal = row >= count;
            table.mass.push_back(signal ? 3.5 : falling_mass(stream));
            for (int i = 0; i < 2; ++i) {
                const double mean = signal ? 5 : 0.3 * table.mass.back();
                features.push_back(static_cast<float>(mean + stream.normal()));
            }
            table.label.push_back(signal ? 1 : 0);
            table.source_row.push_back(static_cast<std::int64_t>(row));
        }
        table.partition.assign(table.size(), Partition::training);
        table.features = Matrix<float>(table.size(), 2, std::move(features));
        return split_events({.injected_signal = 50}, {.table = std::move(table), .invalid_rows = 0},
                            window, "the events", RandomStream(67, "split"));
    }

    struct Trained {
        EventTable data = events(30'000, 3);
        FlowModel model = trained_on(data);
    };
    // Once for all tests.
    static const Trained& trained() {
        static const Trained once;
        return once;
    }
    static FlowModel trained_on(const EventTable& events) {
        TrainFlow::Config config;
        config.architecture = {.features = 2, .hidden = 16, .blocks = 3};
        config.training = {.epochs = 4, .batch_size = 256, .keep_best = 1};
        config.adam.learning_rate = 2e-3;
        return TrainFlow::compute(config, events, window, engine(), RandomStream(65, "flow"));
    }

    [[nodiscard]] EventTable draw_from(const EventTable& events, PseudoData::Config config,
                                       int threads = 1) const {
        config.spectrum = settings;
        return PseudoData::compute(config, model, events, engine(threads),
                                   RandomStream(68, "toy").at(config.number), "events.h5");
    }
    [[nodiscard]] EventTable draw(const PseudoData::Config& config, int threads = 1) const {
        return draw_from(data, config, threads);
    }

    // Writes data of the source "table", and the flow that was trained on them; their hash.
    [[nodiscard]] std::string written() const {
        Provenance provenance = some_provenance();
        provenance.origins = {{"", {"table"}}};
        const std::string hash =
            write_events(path("events.h5"), EventKind::events, header_of(data, window), data, {},
                         provenance, Overwrite::allow);
        provenance.origins = {{hash, {"table"}}};
        OutputFile flow(path("flow.h5"), FileFormat::flow, Overwrite::allow);
        write_flow(flow, model);
        (void)flow.commit(provenance);
        return hash;
    }
    // What pseudo-data of these files go back to.
    [[nodiscard]] std::vector<std::string> sources(PseudoData::Config config) const {
        config.spectrum = settings;
        config.expected = 1'000;
        StageContext context;
        context.common.threads = 1;
        context.overwrite = Overwrite::allow;
        run_stage<PseudoData>(
            config,
            {.events = path("events.h5"), .flow = path("flow.h5"), .output = path("toy.h5")},
            context);
        return read_events(path("toy.h5"), EventKind::events).provenance.origins.at(0).sources;
    }

    const EventTable& data = trained().data;
    const FlowModel& model = trained().model;
};

TEST_F(PseudoDataStage, NullEventsAreWhatASearchKnowsOfData) {
    const EventTable toy = draw({});
    toy.check();
    EXPECT_FALSE(toy.has_label());
    EXPECT_TRUE(toy.mapped.empty());
    EXPECT_EQ(toy.feature_columns, data.feature_columns);
    // Poisson of 30,050, five errors; the flow maps all but a few.
    EXPECT_NEAR(static_cast<double>(toy.size()), 30'050, 870);
    std::set<std::int64_t> rows(toy.source_row.begin(), toy.source_row.end());
    EXPECT_EQ(rows.size(), toy.size());
    EXPECT_LT(*rows.rbegin(), 0);
    EXPECT_EQ(std::ranges::count(toy.partition, Partition::training), std::ssize(toy.partition));
}

// z = f(x; m) of x = f^-1(z; m) is normal, in the signal region too.
TEST_F(PseudoDataStage, NullFeaturesAreTheFlows) {
    const EventTable toy = draw({.expected = 60'000});
    const auto density = load_density(model, 0, engine());
    const EventTable latent = Encode::compute(model, *density, toy).latent;
    std::vector<double> z;
    for (std::size_t row = 0; row < latent.size(); ++row) {
        if (latent.is_mapped(row) && window.contains(latent.mass[row]))
            z.push_back(static_cast<double>(latent.features(row, 0)));
    }
    ASSERT_GT(z.size(), 4'000U);
    double mean = 0, square = 0;
    for (const double value : z) mean += value / static_cast<double>(z.size());
    for (const double value : z)
        square += (value - mean) * (value - mean) / static_cast<double>(z.size());
    const double error = 1 / std::sqrt(static_cast<double>(z.size()));
    EXPECT_NEAR(mean, 0, 5 * error);
    EXPECT_NEAR(square, 1, 5 * std::sqrt(2.0) * error);
}

TEST_F(PseudoDataStage, NumbersAreIndependentAndThreadsDoNotMatter) {
    const EventTable first = draw({.number = 1});
    EXPECT_EQ(first.mass, draw({.number = 1}, 2).mass);
    EXPECT_TRUE(
        std::ranges::equal(first.features.values(), draw({.number = 1}, 2).features.values()));
    EXPECT_NE(first.mass.front(), draw({.number = 2}).mass.front());
}

TEST_F(PseudoDataStage, TheBootstrapDrawsDataWithReplacement) {
    const EventTable toy = draw({.source = PseudoSource::bootstrap});
    std::map<std::int64_t, int> times;
    for (std::size_t row = 0; row < toy.size(); ++row) {
        const auto from = static_cast<std::size_t>(toy.source_row[row]);
        ASSERT_EQ(toy.mass[row], data.mass[from]);
        ASSERT_NE(data.partition[from], Partition::evaluation);
        ++times[toy.source_row[row]];
    }
    // 1 - 1/e of all events are drawn at least once.
    EXPECT_NEAR(static_cast<double>(times.size()) / 30'050, 1 - std::exp(-1), 0.02);
}

// 30,050 rows that count a half each: Poisson of 15,025, five errors.
TEST_F(PseudoDataStage, WeightsAreTheNumberOfNullEventsAndStayInTheBootstrap) {
    EventTable weighted = data;
    for (std::size_t row = 0; row < data.size(); ++row)
        weighted.weight.push_back(row % 2 == 0 ? 0.25F : 0.75F);
    const EventTable null = draw_from(weighted, {});
    EXPECT_FALSE(null.has_weight());
    EXPECT_NEAR(static_cast<double>(null.size()), 15'025, 613);
    const EventTable again = draw_from(weighted, {.source = PseudoSource::bootstrap});
    EXPECT_NEAR(static_cast<double>(again.size()), 30'050, 870);
    for (std::size_t row = 0; row < again.size(); ++row) {
        const auto source = static_cast<std::size_t>(again.source_row[row]);
        ASSERT_EQ(again.weight[row], weighted.weight[source]);
    }
}

// Weights that fall as 1 / m^2 make (2.5 / m)^6 a spectrum of (2.5 / m)^8. Five errors of the data
// and of 30,000 draws, 6e-7 each.
TEST_F(PseudoDataStage, NullMassesFollowTheWeights) {
    EventTable weighted = data;
    for (const double mass : data.mass)
        weighted.weight.push_back(static_cast<float>(6 / (mass * mass)));
    const EventTable null = draw_from(weighted, {.expected = 30'000});
    const double fitted = fraction_within(null.mass, 2.8, 8);
    EXPECT_NEAR(fitted, std::pow(2.5 / 2.8, 8), 0.021);
    EXPECT_NEAR(fraction_within(null.mass, 3.7, 8) / fitted, std::pow(2.8 / 3.7, 8), 0.017);
}

TEST_F(PseudoDataStage, ASpectrumThatTheFunctionDoesNotFollowIsRefused) {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < data.size(); ++row) {
        if (data.mass[row] > 3) rows.push_back(row);
    }
    EXPECT_THAT(message_of<InputError>([&] { (void)draw_from(data.take(rows), {}); }),
                AllOf(HasSubstr("events.h5"), HasSubstr("fit_background.low")));
}

TEST_F(PseudoDataStage, SignalIsAddedOfThatWhichIsInNoData) {
    const EventTable toy = draw({.expected = 1'000, .signal = 200});
    std::set<std::int64_t> signal;
    for (const std::int64_t row : toy.source_row)
        if (row >= 0) signal.insert(row);
    ASSERT_EQ(signal.size(), 200U);
    for (const std::int64_t row : signal)
        EXPECT_EQ(data.partition[static_cast<std::size_t>(row)], Partition::evaluation);
    EXPECT_FALSE(toy.has_label());
    EXPECT_THAT(message_of<InputError>([&] { (void)draw({.signal = 251}); }),
                AllOf(HasSubstr("events.h5: has 250 labelled signal events"),
                      HasSubstr("pseudo_data.signal = 251")));
}

// What was trained on pseudo-data has seen the signal that was added, and none of the events that
// the flow learned from.
TEST_F(PseudoDataStage, TheyGoBackToTheEventsFileIfTheyHaveEventsOfIt) {
    const std::string hash = written();
    const std::string draws = "pseudo_data 0 seed 1 of " + hash;
    EXPECT_THAT(sources({}), ElementsAre(draws));
    EXPECT_THAT(sources({.number = 2}), ElementsAre("pseudo_data 2 seed 1 of " + hash));
    EXPECT_THAT(sources({.signal = 200}),
                AllOf(Contains("table"), Contains(hash), Contains(draws)));
    EXPECT_THAT(sources({.source = PseudoSource::bootstrap}),
                AllOf(Contains("table"), Contains(hash), Not(Contains(draws))));
}

}  // namespace
}  // namespace lacathode::test
