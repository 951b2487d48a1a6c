// The counter-based generator beneath RandomStream.
#pragma once

#include <array>
#include <cstdint>

namespace lacathode::core::detail {

/// Philox 4x32-10 (Salmon et al., SC 2011): ten rounds of multiply, swap and xor with a Weyl key.
inline std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> x,
                                               std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t a = std::uint64_t{0xD2511F53U} * x[0];
        const std::uint64_t b = std::uint64_t{0xCD9E8D57U} * x[2];
        x = {static_cast<std::uint32_t>(b >> 32) ^ x[1] ^ key[0], static_cast<std::uint32_t>(b),
             static_cast<std::uint32_t>(a >> 32) ^ x[3] ^ key[1], static_cast<std::uint32_t>(a)};
        key[0] += 0x9E3779B9U;
        key[1] += 0xBB67AE85U;
    }
    return x;
}

}  // namespace lacathode::core::detail
