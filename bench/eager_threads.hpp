// How many threads LibTorch's operations take, which the LibTorch backend keeps at one.
#pragma once

namespace lacathode::bench {

/// Of LibTorch and of the BLAS behind it.
void use_eager_threads(int threads);

}  // namespace lacathode::bench
