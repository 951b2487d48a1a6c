// What the engine's own register tile reaches on a large dense layer in the cache: the rate by
// which the others are to be judged.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "engine/aligned_buffer.hpp"
#include "engine/kernels/kernels.hpp"
#include "flops.hpp"

namespace lacathode::bench {
namespace {

void dense_tile(benchmark::State& state) {
    constexpr std::size_t units = 132;  // a multiple of every tile's height
    constexpr std::size_t inputs = 128;
    const detail::EngineKernels& kernels = detail::engine_kernels();
    detail::AlignedBuffer weights(units * inputs);
    detail::AlignedBuffer in(inputs * kernels.panel);
    detail::AlignedBuffer out(units * kernels.panel);
    std::fill_n(weights.data(), weights.size(), 0.01F);
    std::fill_n(in.data(), in.size(), 1.0F);
    for (auto _ : state) {
        kernels.dense_relu(weights.data(), inputs, units, inputs, in.data(), out.data());
        benchmark::ClobberMemory();
    }
    const auto events = static_cast<double>(kernels.panel);
    report(state, 2 * events * static_cast<double>(units * inputs), events);
}
BENCHMARK(dense_tile);

}  // namespace
}  // namespace lacathode::bench
