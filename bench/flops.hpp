// Operations that the networks need, and how a benchmark reports them.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/made_layout.hpp"
#include "lacathode/ml/classifier.hpp"

namespace lacathode::bench {

/// Multiplications and additions of the weights that the masks let act, one event through one MADE.
inline double made_flops(std::size_t features, std::size_t hidden) {
    const detail::MadeLayout layout(features, hidden);
    double weights = 0;
    for (const std::size_t seen : layout.features_seen()) {
        weights += static_cast<double>(1 + seen + layout.reach()[seen] + 2 * (features - seen));
    }
    return 2 * weights;
}

inline double classifier_flops(const ClassifierArchitecture& architecture) {
    double weights = 0;
    std::size_t inputs = architecture.inputs;
    for (const std::size_t units : architecture.hidden) {
        weights += static_cast<double>(inputs * units);
        inputs = units;
    }
    return 2 * (weights + static_cast<double>(inputs));
}

/// Operations a second of the engine's own register tile on operands that stay in the cache, one
/// thread, the best of many; measured once.
double tile_rate();

/// Reports operations and events a second beside the time, and the former as a fraction of the
/// tile's rate.
inline void report(benchmark::State& state, double flops, double events) {
    using benchmark::Counter;
    constexpr auto rate = Counter::kIsIterationInvariantRate;
    state.counters["FLOP/s"] = Counter(flops, rate, Counter::kIs1000);
    state.counters["of_tile"] = Counter(flops / tile_rate(), rate);
    state.counters["events/s"] = Counter(events, rate, Counter::kIs1000);
}

/// The best of many repetitions: other work on the machine only ever adds time.
inline void best_of_many(benchmark::internal::Benchmark* benchmark) {
    benchmark->Repetitions(20)->MinTime(0.05)->ReportAggregatesOnly(true)->ComputeStatistics(
        "best", [](const std::vector<double>& values) {
            return *std::min_element(values.begin(), values.end());
        });
}

}  // namespace lacathode::bench
