// Eigen's single-precision matrix product on this machine, one thread.
#include <benchmark/benchmark.h>

#include <Eigen/Core>

namespace {

void eigen_sgemm(benchmark::State& state) {
    const auto size = static_cast<Eigen::Index>(state.range(0));
    const Eigen::MatrixXf a = Eigen::MatrixXf::Random(size, size);
    const Eigen::MatrixXf b = Eigen::MatrixXf::Random(size, size);
    Eigen::MatrixXf c(size, size);
    for (auto _ : state) {
        c.noalias() = a * b;
        benchmark::ClobberMemory();
    }
    const auto n = static_cast<double>(size);
    using benchmark::Counter;
    state.counters["GFLOP/s"] =
        Counter(2e-9 * n * n * n, Counter::kIsIterationInvariantRate, Counter::kIs1000);
}
BENCHMARK(eigen_sgemm)->Arg(128)->Arg(256)->Arg(512);

}  // namespace
