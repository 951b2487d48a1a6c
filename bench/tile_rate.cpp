// What the engine's own register tile reaches: the rate by which the networks are to be judged.
#include <chrono>

#include "engine/aligned_buffer.hpp"
#include "engine/kernels/kernels.hpp"
#include "flops.hpp"

namespace lacathode::bench {
namespace {

/// One dense layer on one panel of events.
class DenseTile {
  public:
    DenseTile() {
        std::fill_n(weights_.data(), weights_.size(), 0.01F);
        std::fill_n(in_.data(), in_.size(), 1.0F);
    }
    void run() {
        kernels_.dense_relu(weights_.data(), inputs, units, inputs, in_.data(), out_.data());
        benchmark::ClobberMemory();
    }
    [[nodiscard]] double flops() const {
        return 2.0 * static_cast<double>(kernels_.panel * units * inputs);
    }

  private:
    static constexpr std::size_t units = 132;  // a multiple of every tile's height
    static constexpr std::size_t inputs = 128;
    const engine::EngineKernels& kernels_ = engine::kernels_for({});
    engine::AlignedBuffer weights_{units * inputs};
    engine::AlignedBuffer in_{inputs * kernels_.panel};
    engine::AlignedBuffer out_{units * kernels_.panel};
};

double measure_tile_rate() {
    using clock = std::chrono::steady_clock;
    constexpr int calls = 20;
    DenseTile tile;
    double best = 0;
    for (int trial = 0; trial < 1000; ++trial) {
        const clock::time_point start = clock::now();
        for (int call = 0; call < calls; ++call) tile.run();
        const double seconds = std::chrono::duration<double>(clock::now() - start).count();
        best = std::max(best, calls * tile.flops() / seconds);
    }
    return best;
}

void dense_tile(benchmark::State& state) {
    DenseTile tile;
    const auto events = static_cast<double>(engine::kernels_for({}).panel);
    run_and_report(state, tile.flops(), events, [&] { tile.run(); });
}
BENCHMARK(dense_tile);

}  // namespace

double tile_rate() {
    static const double rate = measure_tile_rate();
    return rate;
}

}  // namespace lacathode::bench
