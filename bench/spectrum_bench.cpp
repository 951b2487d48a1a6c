// Toys of the fit to a mass spectrum: a drawn spectrum of 100 bins, fitted with and without signal.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "lacathode/stats/bump_hunter.hpp"
#include "lacathode/stats/excess_test.hpp"

namespace lacathode::bench {
namespace {

constexpr std::size_t bins = 100;
constexpr std::size_t signal_bin = 20;
constexpr std::int64_t toys = 10'000;

// A dijet spectrum of 20,000 events in four parameters.
struct Spectrum {
    std::vector<MassCell> cells;
    std::vector<double> expected;

    Spectrum() {
        for (std::size_t bin = 0; bin < bins; ++bin) {
            const double low = 2.8 + 0.05 * static_cast<double>(bin);
            cells.push_back({low, low + 0.05});
            expected.push_back(1500 * std::exp(-1.9 * (low - 2.8)));
        }
    }
    [[nodiscard]] SpectrumModel model() const {
        return {{SpectrumShape::dijet, 4, 13}, cells, expected};
    }
};

void toys_of_a_count(benchmark::State& state) {
    const Spectrum spectrum;
    const SpectrumModel model = spectrum.model();
    const SignalShape shape = signal_in(signal_bin, bins);
    const ExcessTest observed(model, shape, spectrum.expected);
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            toy_p_value(model, shape, observed, toys, RandomStream(1, "toys"), 1));
    }
}

void toys_of_a_peak(benchmark::State& state) {
    const Spectrum spectrum;
    const SpectrumModel model = spectrum.model();
    const SignalShape shape = gaussian_signal(spectrum.cells, 3.8, 0.1);
    const ExcessTest observed(model, shape, spectrum.expected);
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            toy_p_value(model, shape, observed, toys, RandomStream(1, "toys"), 1));
    }
}

void toys_of_the_largest_bump(benchmark::State& state) {
    const Spectrum spectrum;
    const SpectrumModel model = spectrum.model();
    const CellRange left_out = CellRange::one(signal_bin);
    const SpectrumFit null = model.fit(spectrum.expected);
    const Bump observed{left_out, 5};
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            bump_probability(model, null, left_out, observed, 6, toys, RandomStream(1, "toys"), 1));
    }
}

BENCHMARK(toys_of_a_count)
    ->Name("statistics/10,000 fit toys of 100 bins, a count")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(toys_of_a_peak)
    ->Name("statistics/10,000 fit toys of 100 bins, a peak")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(toys_of_the_largest_bump)
    ->Name("statistics/10,000 fit toys of 100 bins, largest bump of 6")
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace lacathode::bench
