// The classifier: a training step and scoring. Arguments: inputs, threads.
#include <benchmark/benchmark.h>

#include <numeric>

#include "flops.hpp"
#include "lacathode/engine/engine.hpp"

namespace lacathode::bench {
namespace {

ClassifierData normal_events(std::size_t events, std::size_t inputs) {
    RandomStream stream(1, "benchmark");
    ClassifierData data{Matrix<float>(events, inputs), std::vector<float>(events),
                        std::vector<float>(events, 1.0F)};
    for (float& value : data.x.values()) value = static_cast<float>(stream.normal());
    for (float& target : data.target) target = stream.uniform() < 0.5 ? 0.0F : 1.0F;
    return data;
}

struct Network {
    explicit Network(const benchmark::State& state, std::size_t events)
        : architecture{.inputs = static_cast<std::size_t>(state.range(0))},
          data(normal_events(events, architecture.inputs)),
          classifier(make_engine_classifier(architecture, {.learning_rate = 1e-3},
                                            static_cast<int>(state.range(1)))) {
        classifier->load(initial_classifier_state(architecture, RandomStream(1, "weights")));
    }
    [[nodiscard]] double flops() const {
        return static_cast<double>(data.size()) * classifier_flops(architecture);
    }
    ClassifierArchitecture architecture;
    ClassifierData data;
    std::unique_ptr<Classifier> classifier;
};

void classifier_step(benchmark::State& state) {
    Network network(state, 128);
    std::vector<std::uint32_t> rows(network.data.size());
    std::iota(rows.begin(), rows.end(), 0U);
    run_and_report(state, 3 * network.flops(), static_cast<double>(rows.size()), [&] {
        benchmark::DoNotOptimize(network.classifier->training_step(network.data, rows));
    });
}

void classifier_logits(benchmark::State& state) {
    const Network network(state, 8192);
    run_and_report(state, network.flops(), static_cast<double>(network.data.size()),
                   [&] { benchmark::DoNotOptimize(network.classifier->logits(network.data.x)); });
}

void common(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"inputs", "threads"})
        ->Args({4, 1})
        ->Args({4, 2})
        ->Args({20, 1})
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond);
}
BENCHMARK(classifier_step)->Apply(common);
BENCHMARK(classifier_logits)->Apply(common);

}  // namespace
}  // namespace lacathode::bench
