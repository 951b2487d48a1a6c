// Replicas on a device: what steps and evaluations of R networks of the papers' size take.
// usage: bench_replicas cpu|cuda SECONDS R...
// A line a case: what, R, the seconds of one call (median), and how much it does in a second.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "lacathode/core/parallel.hpp"
#include "lacathode/core/random.hpp"
#include "lacathode/ml/replicas.hpp"
#include "lacathode/models/execution.hpp"

namespace lacathode::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t flow_batch = 256;
constexpr std::size_t classifier_batch = 128;
constexpr std::size_t batches = 20;  // of an epoch here

struct Setting {
    Execution execution;
    double seconds;  ///< for each case
};

/// The median seconds of `work`, which was called once before.
double seconds_of(double budget, const std::function<void()>& work) {
    work();
    std::vector<double> times;
    const Clock::time_point begin = Clock::now();
    do {
        const Clock::time_point start = Clock::now();
        work();
        times.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    } while (std::chrono::duration<double>(Clock::now() - begin).count() < budget);
    std::ranges::sort(times);
    return times[times.size() / 2];
}

void print(const std::string& what, std::size_t replicas, double seconds, double done,
           const char* unit) {
    std::printf("%-30s %6zu %12.5g s %12.5g %s\n", what.c_str(), replicas, seconds, done / seconds,
                unit);
    std::fflush(stdout);
}

FlowData flow_events(std::size_t count) {
    RandomStream stream(1, "flow events");
    FlowData data{Matrix<float>(count, 4), std::vector<float>(count)};
    for (float& value : data.y.values()) value = static_cast<float>(stream.normal());
    for (float& mass : data.mass) mass = static_cast<float>(2 + 4 * stream.uniform());
    return data;
}

ClassifierData classifier_events(std::size_t count) {
    RandomStream stream(1, "classifier events");
    ClassifierData data{Matrix<float>(count, 4), std::vector<float>(count),
                        std::vector<float>(count, 1.0F)};
    for (float& value : data.x.values()) value = static_cast<float>(stream.normal());
    for (float& target : data.target) target = stream.uniform() < 0.5 ? 0.0F : 1.0F;
    return data;
}

std::vector<std::uint32_t> all_rows(std::size_t events) {
    std::vector<std::uint32_t> rows(events);
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

/// The steps of an epoch, whose losses are fetched in the end: what a step takes.
double seconds_of_a_step(Replicas& networks, std::size_t batch_size, double budget) {
    const ReplicaEpoch epoch{.batch_size = batch_size,
                             .orders = {networks.count(), all_rows(batches * batch_size)},
                             .rate_factors = {networks.count(), std::vector<double>(batches, 1.0)}};
    return seconds_of(budget,
                      [&] {
                          networks.begin_epoch(epoch, 0);
                          for (std::size_t batch = 0; batch < batches; ++batch)
                              networks.training_step(batch);
                          static_cast<void>(networks.batch_losses());
                      }) /
           static_cast<double>(batches);
}

void replicas(std::size_t count, const Setting& setting) {
    const auto networks = static_cast<double>(count);
    const FlowData flow_training = flow_events(batches * flow_batch);
    const auto flows =
        make_maf_replicas({}, {}, {count, {&flow_training}, {&flow_training}}, setting.execution);
    for (std::size_t r = 0; r < count; ++r)
        flows->load(r, initial_maf_state({}, RandomStream(1, "weights")));
    print("flows, step, batch 256", count, seconds_of_a_step(*flows, flow_batch, setting.seconds),
          networks, "training steps/s");
    print("flows, statistics", count,
          seconds_of(setting.seconds, [&] { flows->set_population_statistics(); }),
          networks * static_cast<double>(flow_training.size()), "events/s");
    const ClassifierData training = classifier_events(batches * classifier_batch);
    const auto classifiers = make_mlp_replicas(
        {}, {.learning_rate = 1e-3}, {count, {&training}, {&training}}, setting.execution);
    for (std::size_t r = 0; r < count; ++r)
        classifiers->load(r, initial_mlp_state({}, RandomStream(1, "weights")));
    print("classifiers, step, batch 128", count,
          seconds_of_a_step(*classifiers, classifier_batch, setting.seconds), networks,
          "training steps/s");
}

/// One network, as it trains and evaluates without replicas.
void one_network(const std::string& name, const Execution& execution, double budget) {
    const auto told = [&](const char* what, double done, const char* unit, const auto& work) {
        print(name + ", " + what, 1, seconds_of(budget, work), done, unit);
    };
    const std::size_t count = execution.device == Device::cuda ? 4'000'000 : 20'000;
    const auto events = static_cast<double>(count);
    const FlowData all = flow_events(count);
    const FlowData batch = flow_events(flow_batch);
    const std::vector<std::uint32_t> flow_rows = all_rows(flow_batch);
    const auto flow = make_maf({}, {}, execution);
    flow->load(initial_maf_state({}, RandomStream(1, "weights")));
    told("flow step", 1, "training steps/s", [&] { flow->training_step(batch, flow_rows); });
    told("encode", events, "events/s", [&] { static_cast<void>(flow->forward(all.y, all.mass)); });
    told("sample", events, "events/s", [&] { static_cast<void>(flow->inverse(all.y, all.mass)); });
    const ClassifierData labelled = classifier_events(classifier_batch);
    const std::vector<std::uint32_t> rows = all_rows(classifier_batch);
    const auto classifier = make_mlp({}, {.learning_rate = 1e-3}, execution);
    classifier->load(initial_mlp_state({}, RandomStream(1, "weights")));
    told("classifier step", 1, "training steps/s",
         [&] { classifier->training_step(labelled, rows); });
    told("score", events, "events/s", [&] { static_cast<void>(classifier->logits(all.y)); });
}

int run(const std::vector<std::string>& words) {
    if (words.size() < 3 || (words[0] != "cpu" && words[0] != "cuda")) {
        std::cerr << "usage: bench_replicas cpu|cuda SECONDS R...\n";
        return 2;
    }
    const double seconds = std::stod(words[1]);
    const Setting setting{.execution = {.device = words[0] == "cuda" ? Device::cuda : Device::cpu,
                                        .backend = Backend::torch,
                                        .threads = available_cores()},
                          .seconds = seconds};
    std::printf("%s\n%-30s %6s %14s\n", network_implementation(setting.execution).c_str(), "", "R",
                "a call");
    one_network("engine", {.threads = setting.execution.threads}, setting.seconds);
    one_network("LibTorch", setting.execution, setting.seconds);
    for (auto word = words.begin() + 2; word != words.end(); ++word)
        replicas(std::stoul(*word), setting);
    return 0;
}

}  // namespace
}  // namespace lacathode::bench

int main(int argc, char** argv) {
    try {
        return lacathode::bench::run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << "error: " << error.what() << '\n';
        return 1;
    }
}
