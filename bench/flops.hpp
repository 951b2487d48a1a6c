// Operations that the networks need, and how a benchmark reports them.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>

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

/// Reports operations a second beside the time.
inline void report(benchmark::State& state, double flops, double events) {
    using benchmark::Counter;
    state.counters["FLOP/s"] = Counter(flops, Counter::kIsIterationInvariantRate, Counter::kIs1000);
    state.counters["events/s"] =
        Counter(events, Counter::kIsIterationInvariantRate, Counter::kIs1000);
}

}  // namespace lacathode::bench
