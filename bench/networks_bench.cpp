// Both networks on both backends: name/backend/features/blocks/batch (or events)/threads.
// The engine's cases also scale each of these by itself.
#include <benchmark/benchmark.h>

#include <functional>
#include <numeric>
#include <string>
#include <thread>

#include "eager_threads.hpp"
#include "flops.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/engine/engine.hpp"
#include "lacathode/models/execution.hpp"

namespace lacathode::bench {
namespace {

/// The papers' networks and batches, unless a case says otherwise.
struct Case {
    Backend backend = Backend::engine;
    std::size_t features = 4;
    std::size_t blocks = 15;
    std::size_t events = 256;  ///< of a batch, or of a call
    int threads = 1;

    [[nodiscard]] std::string name() const {
        return std::string(backend == Backend::engine ? "engine" : "eager") +
               "/features:" + std::to_string(features) + "/blocks:" + std::to_string(blocks) +
               "/events:" + std::to_string(events) + "/threads:" + std::to_string(threads);
    }
    [[nodiscard]] Execution execution() const {
        return {.device = Device::cpu, .backend = backend, .threads = threads};
    }
};

constexpr std::size_t hidden = 128;

Matrix<float> normal_matrix(std::size_t events, std::size_t features) {
    RandomStream stream(1, "benchmark");
    Matrix<float> values(events, features);
    for (float& value : values.values()) value = static_cast<float>(stream.normal());
    return values;
}

std::vector<std::uint32_t> all_rows(std::size_t events) {
    std::vector<std::uint32_t> rows(events);
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

struct Flow {
    explicit Flow(const Case& setting)
        : data{normal_matrix(setting.events, setting.features), std::vector<float>(setting.events)},
          flow(make_maf({setting.features, hidden, setting.blocks}, {}, setting.execution())),
          flops(static_cast<double>(setting.blocks * setting.events) *
                made_flops(setting.features, hidden)) {
        RandomStream stream(1, "masses");
        for (float& mass : data.mass) mass = static_cast<float>(2 + 4 * stream.uniform());
        flow->load(initial_maf_state({setting.features, hidden, setting.blocks},
                                     RandomStream(1, "weights")));
        if (setting.backend == Backend::torch) use_eager_threads(setting.threads);
    }
    FlowData data;
    std::unique_ptr<MafNetwork> flow;
    double flops;  ///< of one forward pass
};

struct Network {
    explicit Network(const Case& setting)
        : architecture{.inputs = setting.features},
          data{normal_matrix(setting.events, setting.features), std::vector<float>(setting.events),
               std::vector<float>(setting.events, 1.0F)},
          classifier(make_mlp(architecture, {.learning_rate = 1e-3}, setting.execution())),
          flops(static_cast<double>(setting.events) * classifier_flops(architecture)) {
        RandomStream stream(1, "targets");
        for (float& target : data.target) target = stream.uniform() < 0.5 ? 0.0F : 1.0F;
        classifier->load(initial_mlp_state(architecture, RandomStream(1, "weights")));
        if (setting.backend == Backend::torch) use_eager_threads(setting.threads);
    }
    MlpArchitecture architecture;
    ClassifierData data;
    std::unique_ptr<MlpNetwork> classifier;
    double flops;  ///< of one forward pass
};

void flow_step(benchmark::State& state, const Case& setting) {
    Flow flow(setting);
    const std::vector<std::uint32_t> rows = all_rows(setting.events);
    run_and_report(state, 3 * flow.flops, static_cast<double>(setting.events),
                   [&] { benchmark::DoNotOptimize(flow.flow->training_step(flow.data, rows)); });
}

void encode(benchmark::State& state, const Case& setting) {
    const Flow flow(setting);
    run_and_report(state, flow.flops, static_cast<double>(setting.events), [&] {
        benchmark::DoNotOptimize(flow.flow->forward(flow.data.y, flow.data.mass));
    });
}

void sample(benchmark::State& state, const Case& setting) {
    const Flow flow(setting);
    run_and_report(state, flow.flops, static_cast<double>(setting.events), [&] {
        benchmark::DoNotOptimize(flow.flow->inverse(flow.data.y, flow.data.mass));
    });
}

void population_statistics(benchmark::State& state, const Case& setting) {
    Flow flow(setting);
    run_and_report(state, flow.flops, static_cast<double>(setting.events),
                   [&] { flow.flow->set_population_statistics(flow.data); });
}

void classifier_step(benchmark::State& state, const Case& setting) {
    Network network(setting);
    const std::vector<std::uint32_t> rows = all_rows(setting.events);
    run_and_report(state, 3 * network.flops, static_cast<double>(setting.events), [&] {
        benchmark::DoNotOptimize(network.classifier->training_step(network.data, rows));
    });
}

void score(benchmark::State& state, const Case& setting) {
    const Network network(setting);
    run_and_report(state, network.flops, static_cast<double>(setting.events),
                   [&] { benchmark::DoNotOptimize(network.classifier->logits(network.data.x)); });
}

using Work = void (*)(benchmark::State&, const Case&);

void add(const std::string& name, Work work, const Case& setting) {
    benchmark::RegisterBenchmark((name + '/' + setting.name()).c_str(),
                                 [work, setting](benchmark::State& state) { work(state, setting); })
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond);
}

const int cores = static_cast<int>(std::max(std::thread::hardware_concurrency(), 1U));

void add_on_both(const std::string& name, Work work, std::size_t events) {
    for (const Backend backend : {Backend::engine, Backend::torch}) {
        for (int threads = 1; threads <= cores; threads *= 2) {
            add(name, work, {.backend = backend, .events = events, .threads = threads});
        }
    }
}

void add_scaling() {
    for (const std::size_t features : {1, 2, 8, 20}) {
        add("flow_step", flow_step, {.features = features});
        add("encode", encode, {.features = features, .events = 8192});
        add("sample", sample, {.features = features, .events = 8192});
    }
    for (const std::size_t blocks : {5, 10, 30}) add("flow_step", flow_step, {.blocks = blocks});
    for (const std::size_t batch : {64, 128, 512, 1024, 4096}) {
        for (const int threads : {1, cores}) {
            add("flow_step", flow_step, {.events = batch, .threads = threads});
            if (cores == 1) break;
        }
    }
    for (const std::size_t events : {1024, 65'536, 524'288}) {
        add("encode", encode, {.events = events});
    }
}

}  // namespace

void add_benchmarks() {
    add_on_both("flow_step", flow_step, 256);
    add_on_both("encode", encode, 8192);
    add_on_both("sample", sample, 8192);
    add_on_both("population_statistics", population_statistics, 65'536);
    add_on_both("classifier_step", classifier_step, 128);
    add_on_both("score", score, 65'536);
    add_scaling();
}

}  // namespace lacathode::bench

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    lacathode::bench::add_benchmarks();
    benchmark::AddCustomContext("instruction_set", lacathode::engine_instruction_sets().front());
    benchmark::RunSpecifiedBenchmarks();
}
