// The flow: a training step, encoding, inverse, population statistics.
// Arguments: features, threads.
#include <benchmark/benchmark.h>

#include <numeric>

#include "flops.hpp"
#include "lacathode/engine/engine.hpp"

namespace lacathode::bench {
namespace {

constexpr std::size_t hidden = 128;
constexpr std::size_t blocks = 15;

FlowData normal_events(std::size_t events, std::size_t features) {
    RandomStream stream(1, "benchmark");
    FlowData data{Matrix<float>(events, features), std::vector<float>(events)};
    for (float& value : data.y.values()) value = static_cast<float>(stream.normal());
    for (float& mass : data.mass) mass = static_cast<float>(2 + 4 * stream.uniform());
    return data;
}

struct Flow {
    explicit Flow(const benchmark::State& state, std::size_t events)
        : features(static_cast<std::size_t>(state.range(0))),
          data(normal_events(events, features)),
          flow(make_engine_flow({features, hidden, blocks}, {}, static_cast<int>(state.range(1)))) {
        flow->load(initial_flow_state({features, hidden, blocks}, RandomStream(1, "weights")));
    }
    [[nodiscard]] double flops() const {
        return static_cast<double>(blocks * data.size()) * made_flops(features, hidden);
    }
    std::size_t features;
    FlowData data;
    std::unique_ptr<DensityEstimator> flow;
};

void training_step(benchmark::State& state) {
    Flow flow(state, 256);
    std::vector<std::uint32_t> rows(flow.data.size());
    std::iota(rows.begin(), rows.end(), 0U);
    run_and_report(state, 3 * flow.flops(), static_cast<double>(rows.size()),
                   [&] { benchmark::DoNotOptimize(flow.flow->training_step(flow.data, rows)); });
}

void encode(benchmark::State& state) {
    const Flow flow(state, 2048);
    run_and_report(state, flow.flops(), static_cast<double>(flow.data.size()), [&] {
        benchmark::DoNotOptimize(flow.flow->forward(flow.data.y, flow.data.mass));
    });
}

void inverse(benchmark::State& state) {
    const Flow flow(state, 2048);
    run_and_report(state, flow.flops(), static_cast<double>(flow.data.size()), [&] {
        benchmark::DoNotOptimize(flow.flow->inverse(flow.data.y, flow.data.mass));
    });
}

void population_statistics(benchmark::State& state) {
    Flow flow(state, 4096);
    run_and_report(state, flow.flops(), static_cast<double>(flow.data.size()),
                   [&] { flow.flow->set_population_statistics(flow.data); });
}

void common(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"features", "threads"})
        ->Args({4, 1})
        ->Args({4, 2})
        ->Args({5, 1})
        ->Args({20, 1})
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond);
}
BENCHMARK(training_step)->Apply(common);
BENCHMARK(encode)->Apply(common);
BENCHMARK(inverse)->Apply(common);
BENCHMARK(population_statistics)->Apply(common);

}  // namespace
}  // namespace lacathode::bench
