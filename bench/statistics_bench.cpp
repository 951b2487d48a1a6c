// Statistics of a million events, beside copying as many bytes as they read.
#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "lacathode/core/random.hpp"
#include "lacathode/stats/equal_content_bins.hpp"
#include "lacathode/stats/kernel_density.hpp"
#include "lacathode/stats/roc.hpp"

namespace lacathode::bench {
namespace {

constexpr std::size_t events = 1'000'000;

std::vector<double> masses() {
    RandomStream stream(1, "masses");
    std::vector<double> values(events);
    for (double& value : values) value = 2 + 5 * stream.uniform();
    return values;
}

void copy(benchmark::State& state) {
    const std::vector<double> from = masses();
    std::vector<double> to(events);
    for (auto _ : state) {
        std::memcpy(to.data(), from.data(), events * sizeof(double));
        benchmark::ClobberMemory();
    }
}

void roc(benchmark::State& state) {
    RandomStream stream(1, "scores");
    std::vector<float> score(events);
    std::vector<std::int8_t> label(events);
    for (std::size_t i = 0; i < events; ++i) {
        label[i] = stream.uniform() < 0.4 ? 1 : 0;
        score[i] = static_cast<float>(stream.normal() + label[i]);
    }
    for (auto _ : state) benchmark::DoNotOptimize(roc_curve(score, label));
}

void equal_content(benchmark::State& state) {
    const std::vector<double> values = masses();
    for (auto _ : state) benchmark::DoNotOptimize(equal_content_edges(values, 300));
}

void histogram(benchmark::State& state) {
    const std::vector<double> values = masses();
    const std::vector<double> edges = equal_content_edges(values, 300);
    for (auto _ : state) benchmark::DoNotOptimize(bin_indices(values, edges));
}

void kernel_density(benchmark::State& state) {
    const std::vector<double> values = masses();
    const MassDensity density = MassDensity::fit(std::span(values).first(70'000));
    for (auto _ : state) {
        benchmark::DoNotOptimize(density.sample(events, RandomStream(1, "draws")));
    }
}

BENCHMARK(copy)->Name("statistics/copy, 8 bytes an event")->Unit(benchmark::kMicrosecond);
BENCHMARK(roc)->Name("statistics/ROC curve")->Unit(benchmark::kMicrosecond);
BENCHMARK(equal_content)->Name("statistics/edges of equal content")->Unit(benchmark::kMicrosecond);
BENCHMARK(histogram)->Name("statistics/bin of each event")->Unit(benchmark::kMicrosecond);
BENCHMARK(kernel_density)->Name("statistics/draws of m, one core")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace lacathode::bench
