// LibTorch's own matrix product, hence its BLAS: what the machine is said to do in single
// precision.
#include <ATen/Parallel.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/rand.h>
#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include "eager_threads.hpp"

namespace lacathode::bench {

void use_eager_threads(int threads) {
    at::set_num_threads(threads);
    using SetThreads = void (*)(int);
    if (const auto set_threads =
            reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) {
        set_threads(threads);
    }
}

namespace {

void sgemm(benchmark::State& state) {
    use_eager_threads(1);
    const at::Tensor a = at::rand({state.range(0), state.range(0)});
    const at::Tensor b = at::rand({state.range(0), state.range(0)});
    at::Tensor c = at::mm(a, b);
    for (auto _ : state) at::mm_out(c, a, b);
    const auto n = static_cast<double>(state.range(0));
    using benchmark::Counter;
    state.counters["GFLOP/s"] =
        Counter(2e-9 * n * n * n, Counter::kIsIterationInvariantRate, Counter::kIs1000);
}
BENCHMARK(sgemm)->Arg(256)->Arg(512)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace lacathode::bench
