#include "models/network_cases.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <string_view>

namespace lacathode::test {

std::string backend_name(const ::testing::TestParamInfo<Backend>& info) {
    return info.param == Backend::torch ? "torch" : "engine";
}

Device torch_device_under_test() {
    const char* wanted = std::getenv("LACATHODE_TEST_DEVICE");
    return wanted != nullptr && std::string_view(wanted) == "cuda" ? Device::cuda : Device::cpu;
}

namespace {

Execution execution_on(Backend backend, int threads) {
    return {.device = backend == Backend::torch ? torch_device_under_test() : Device::cpu,
            .backend = backend,
            .threads = threads};
}

}  // namespace

std::unique_ptr<MafNetwork> make_flow(Backend backend, const MafArchitecture& architecture,
                                      const AdamOptions& adam, int threads) {
    return make_maf(architecture, adam, execution_on(backend, threads));
}

std::unique_ptr<MlpNetwork> make_network(Backend backend, const MlpArchitecture& architecture,
                                         const AdamOptions& adam, int threads) {
    return make_mlp(architecture, adam, execution_on(backend, threads));
}

NamedArrays varied_flow_state(const MafArchitecture& architecture, std::uint64_t seed) {
    RandomStream random(seed, "varied state");
    NamedArrays state = initial_maf_state(architecture, random.at(1));
    for (NamedArray& array : state) {
        if (array.name.ends_with("output_weight")) {
            for (float& value : array.values) value *= 0.5F;
        } else if (array.name.ends_with("running_var")) {
            for (float& value : array.values) value = static_cast<float>(0.5 + random.uniform());
        } else if (array.shape.size() == 1) {
            for (float& value : array.values) value = static_cast<float>(0.2 * random.normal());
        }
    }
    return state;
}

std::vector<float> acting_values(const MafArchitecture& architecture, const NamedArray& array) {
    const MadeDegrees degrees = made_degrees(architecture);
    const bool input = array.name.ends_with("input_weight");
    const bool output = array.name.ends_with("output_weight");
    if (!input && !output && !array.name.ends_with("hidden_weight")) return array.values;
    const std::vector<int>& out = output ? degrees.output : degrees.hidden;
    const std::vector<int>& in = input ? degrees.input : degrees.hidden;
    std::vector<float> values;
    for (std::size_t i = 0; i < array.values.size(); ++i) {
        if (out[i / in.size()] >= in[i % in.size()]) values.push_back(array.values[i]);
    }
    return values;
}

FlowData correlated_events(std::size_t count, std::size_t features, std::uint64_t seed) {
    RandomStream random(seed, "correlated events");
    FlowData data{Matrix<float>(count, features), std::vector<float>(count)};
    for (std::size_t row = 0; row < count; ++row) {
        const double mass = 2 + 3 * random.uniform();
        double previous = 0.3 * (mass - 3.5);
        for (float& value : data.y.row(row)) {
            previous = 0.6 * previous + 0.8 * random.normal();
            value = static_cast<float>(previous);
        }
        data.mass[row] = static_cast<float>(mass);
    }
    return data;
}

ClassifierData labelled_events(std::size_t count, std::size_t inputs, std::uint64_t seed) {
    RandomStream random(seed, "labelled events");
    ClassifierData data{Matrix<float>(count, inputs), {}, {}};
    for (float& value : data.x.values()) value = static_cast<float>(random.normal());
    for (std::size_t row = 0; row < count; ++row) {
        data.target.push_back(static_cast<float>(random.below(2)));
        data.weight.push_back(static_cast<float>(0.5 + random.uniform()));
    }
    return data;
}

std::vector<std::uint32_t> rows(std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> result(end - begin);
    std::iota(result.begin(), result.end(), static_cast<std::uint32_t>(begin));
    return result;
}

double largest_difference(std::span<const float> a, std::span<const float> b) {
    EXPECT_EQ(a.size(), b.size());
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference = std::abs(double{a[i]} - double{b[i]});
        // Not std::max, which would lose a NaN.
        if (!(difference <= largest)) largest = difference;
    }
    return largest;
}

double relative_distance(std::span<const float> a, std::span<const float> b) {
    EXPECT_EQ(a.size(), b.size());
    double difference = 0;
    double norm = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference += std::pow(double{a[i]} - double{b[i]}, 2);
        norm += std::pow(double{b[i]}, 2);
    }
    return difference == 0 ? 0 : std::sqrt(difference / norm);
}

}  // namespace lacathode::test
