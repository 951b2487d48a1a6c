// Operations that the networks need, and how a benchmark reports them.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>

#include "engine/made_layout.hpp"
#include "lacathode/ml/mlp.hpp"

namespace lacathode::bench {

/// Multiplications and additions of the weights that the masks let act, one event through one MADE.
inline double made_flops(std::size_t features, std::size_t hidden) {
    const engine::MadeLayout layout(features, hidden);
    double weights = 0;
    for (const std::size_t seen : layout.features_seen()) {
        weights += static_cast<double>(1 + seen + layout.reach()[seen] + 2 * (features - seen));
    }
    return 2 * weights;
}

inline double classifier_flops(const MlpArchitecture& architecture) {
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

/// Runs `work` as often as the benchmark wants and reports the best run: its time, its operations
/// and events a second, and the former as a fraction of the tile's rate. (Other work on the machine
/// only ever adds time.)
template <class Work>
void run_and_report(benchmark::State& state, double flops, double events, const Work& work) {
    using clock = std::chrono::steady_clock;
    double best = std::numeric_limits<double>::infinity();
    work();  // the first call allocates
    for (auto _ : state) {
        const clock::time_point start = clock::now();
        work();
        best = std::min(best, std::chrono::duration<double>(clock::now() - start).count());
    }
    state.counters["operations"] = flops;
    state.counters["best_us"] = best * 1e6;
    state.counters["GFLOP/s"] = flops / best * 1e-9;
    state.counters["of_tile"] = flops / best / tile_rate();
    state.counters["events/s"] = events / best;
}

}  // namespace lacathode::bench
