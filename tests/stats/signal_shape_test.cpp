// A peak of known shape: found without bias, covered, and worth more than a count.
#include "lacathode/stats/signal_shape.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/stats/excess_test.hpp"
#include "lacathode/stats/kolmogorov_smirnov.hpp"
#include "lacathode/stats/normal_distribution.hpp"
#include "stats/falling_spectrum.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

// The signal region of FallingSpectrum in bins of 0.05, and a peak in it.
struct BinnedSpectrum : FallingSpectrum {
    SignalShape peak;
    SpectrumModel model;

    explicit BinnedSpectrum(double events) : FallingSpectrum(events), model(binned()) {
        peak = gaussian_signal(cells, 3.5, 0.1);
    }
    [[nodiscard]] std::vector<double> with_signal(double events, RandomStream stream) const {
        std::vector<double> counts = drawn(stream.at(0));
        for (std::size_t cell = 0; cell < counts.size(); ++cell)
            counts[cell] += static_cast<double>(poisson(events * peak[cell], stream));
        return counts;
    }

  private:
    SpectrumModel binned() {
        const auto begin = cells.begin() + static_cast<std::ptrdiff_t>(signal_cell);
        cells.erase(begin);
        expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(signal_cell));
        for (std::size_t i = 0; i < 8; ++i) {
            const double low = 3.3 + 0.05 * static_cast<double>(i);
            const auto place = static_cast<std::ptrdiff_t>(signal_cell + i);
            cells.insert(cells.begin() + place, MassCell{low, low + 0.05});
            expected.insert(expected.begin() + place, integral(parameters, cells[signal_cell + i]));
        }
        return {{SpectrumShape::dijet, 3, 13}, cells, expected};
    }
};

TEST(GaussianSignal, SharesOutAsTheIntegralDoes) {
    const SignalShape shape = gaussian_signal({{3, 3.5}, {3.5, 4}}, 3.5, 0.5);
    EXPECT_NEAR(shape[0], 0.341344746068543, 1e-12);
    EXPECT_NEAR(shape[1], shape[0], 1e-12);
    EXPECT_THAT(message_of<NumericalError>([] {
                    (void)gaussian_signal({{3, 3.5}}, 3.6, 0.1);
                }),
                testing::HasSubstr("has only 15.8655 % of its events between 3 and 3.5"));
}

// The false alarms are 1 %, for the one seed. Where the background is expected to be 12 events
// under the peak, too.
TEST(GaussianSignal, PIsUniformWithoutSignal) {
    for (const double events : {400.0, 12'500.0}) {
        const BinnedSpectrum truth(events);
        const RandomStream stream(83, "no peak");
        std::vector<double> p;
        for (std::size_t toy = 0; toy < 1000; ++toy) {
            const ExcessTest test(truth.model, truth.peak, truth.with_signal(0, stream.at(toy)));
            p.push_back(normal_survival(test.z()));
        }
        EXPECT_GT(kolmogorov_smirnov_uniform(p).p_value, 0.01) << events;
    }
}

// Pulls of 500 spectra: mean 0 +- 0.045, width 1 +- 0.032, 68.3 +- 2.1 % covered; five errors each.
TEST(GaussianSignal, IsUnbiasedAndItsIntervalCovers) {
    constexpr int toys = 500;
    constexpr double signal = 150;
    const BinnedSpectrum truth(12'500);
    const RandomStream stream(89, "a peak");
    double sum = 0;
    double squares = 0;
    double covered = 0;
    for (std::size_t toy = 0; toy < toys; ++toy) {
        const std::vector<double> counts = truth.with_signal(signal, stream.at(toy));
        const Excess excess = ExcessTest(truth.model, truth.peak, counts).result();
        const double pull =
            (excess.signal - signal) / (0.5 * (excess.signal_high - excess.signal_low));
        sum += pull;
        squares += pull * pull;
        covered += excess.signal_low < signal && signal < excess.signal_high ? 1 : 0;
    }
    const double mean = sum / toys;
    EXPECT_NEAR(mean, 0, 0.23);
    EXPECT_NEAR(std::sqrt(squares / toys - mean * mean), 1, 0.16);
    EXPECT_NEAR(covered / toys, 0.683, 0.105);
}

// On expected counts the best signal is the one that was put in, and its z is above that of a count
// of the region, which has nearly all of it but four times the background.
TEST(GaussianSignal, AShapeTellsMoreThanACount) {
    const BinnedSpectrum truth(12'500);
    std::vector<double> counts = truth.expected;
    for (std::size_t cell = 0; cell < counts.size(); ++cell) counts[cell] += 150 * truth.peak[cell];
    const ExcessTest test(truth.model, truth.peak, counts);
    EXPECT_NEAR(test.result().signal, 150, 1e-3);
    EXPECT_GT(test.upper_limit().observed, 150);
    const FallingSpectrum coarse(12'500);
    std::vector<double> in_one = coarse.expected;
    in_one[coarse.signal_cell] +=
        150 * std::accumulate(truth.peak.begin() + 10, truth.peak.begin() + 18, 0.0);
    const SpectrumModel model({SpectrumShape::dijet, 3, 13}, coarse.cells, coarse.expected);
    EXPECT_GT(test.z(), 1.1 * ExcessTest(model, coarse.signal(), in_one).z());
}

// Of expected counts less 0.95 of what some bin has, that is the best signal, and z that of a fit
// which expects every count. The fit without signal, which the deficit pulls down, has no room for
// more than 0.75.
TEST(GaussianSignal, ADeepDeficitIsFoundInFull) {
    const BinnedSpectrum truth(12'500);
    double least = -HUGE_VAL;
    for (std::size_t cell = 0; cell < truth.cells.size(); ++cell) {
        if (truth.peak[cell] > 1e-6)
            least = std::max(least, -truth.expected[cell] / truth.peak[cell]);
    }
    std::vector<double> counts = truth.expected;
    for (std::size_t cell = 0; cell < counts.size(); ++cell)
        counts[cell] += 0.95 * least * truth.peak[cell];
    const ExcessTest test(truth.model, truth.peak, counts);
    const Excess excess = test.result();
    EXPECT_NEAR(excess.signal, 0.95 * least, 1e-3);
    EXPECT_NEAR(excess.z, -std::sqrt(saturated_deviance(counts, test.null())), 1e-4);
    EXPECT_NEAR(test.twice_fall(excess.signal_low), 1, 1e-6);
    EXPECT_NEAR(test.twice_fall(excess.signal_high), 1, 1e-6);
}

// A cut of a whole hunt, three quarters of it signal: beside much of it the likelihood of the
// background is not concave, and far below it has no value.
TEST(GaussianSignal, LargeBesideFewEvents) {
    std::vector<double> counts = {11, 18, 22, 17, 24, 43, 91, 88, 19, 12, 7, 3, 3, 3, 0,
                                  0,  2,  0,  2,  0,  0,  1,  1,  1,  0,  0, 0, 0, 0, 0};
    std::vector<MassCell> cells;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double low = 2.8 + 0.1 * static_cast<double>(i);
        cells.push_back({low, low + 0.1});
    }
    const SignalShape peak = gaussian_signal(cells, 3.5, 0.15);
    for (const std::size_t parameters : {3U, 4U, 5U}) {
        const SpectrumModel model({SpectrumShape::dijet, parameters, 13}, cells, counts);
        const ExcessTest test(model, peak, counts);
        const Excess excess = test.result();
        EXPECT_NEAR(excess.signal, 249, 8);  // the functions differ by less than the error
        EXPECT_NEAR(excess.signal_high - excess.signal, 20, 3);
        EXPECT_NEAR(excess.signal - excess.signal_low, 20, 3);
        EXPECT_GT(test.upper_limit().observed, excess.signal_high);
        EXPECT_GT(test.twice_fall(3000), 1000);
    }
}

// A peak that is all in one cell is a count there.
TEST(GaussianSignal, InOneCellIsACount) {
    const FallingSpectrum truth(1250);
    const SpectrumModel model({SpectrumShape::dijet, 3, 13}, truth.cells, truth.expected);
    SignalShape nearly(truth.cells.size());
    nearly[truth.signal_cell] = 0.999999999;
    for (const double more : {-225.0, -80.0, 60.0}) {  // of 235.5
        std::vector<double> counts = truth.expected;
        counts[truth.signal_cell] += more;
        const ExcessTest counting(model, truth.signal(), counts);
        const ExcessTest fitted(model, nearly, counts);
        EXPECT_NEAR(fitted.z(), counting.z(), 1e-5);
        EXPECT_NEAR(fitted.result().signal, counting.result().signal, 1e-4);
        EXPECT_NEAR(fitted.result().signal_low, counting.result().signal_low, 1e-3);
        EXPECT_NEAR(fitted.result().signal_high, counting.result().signal_high, 1e-3);
        EXPECT_NEAR(fitted.upper_limit().observed, counting.upper_limit().observed, 1e-3);
        EXPECT_NEAR(fitted.upper_limit().expected[2], counting.upper_limit().expected[2], 1e-3);
    }
}

}  // namespace
}  // namespace lacathode::test
