#include "lacathode/core/random.hpp"

#include <cmath>
#include <numbers>

#include "core/philox.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

// Finaliser of SplitMix64: spreads every input bit over all output bits.
std::uint64_t mix(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15ULL;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31);
}

std::uint64_t key_of(std::uint64_t root_seed, std::string_view name) {
    std::uint64_t key = mix(root_seed);
    for (const char c : name) key = mix(key ^ static_cast<unsigned char>(c));
    return mix(key ^ name.size());
}

}  // namespace

RandomStream::RandomStream(std::uint64_t root_seed, std::string_view name)
    : key_(key_of(root_seed, name)) {}

RandomStream RandomStream::at(std::uint64_t index) const {
    RandomStream child = *this;
    child.key_ = mix(mix(key_) ^ mix(index));
    child.counter_ = 0;
    child.available_ = 0;
    child.has_spare_ = false;
    return child;
}

void RandomStream::refill() {
    const auto words = core::detail::philox4x32(
        {static_cast<std::uint32_t>(counter_), static_cast<std::uint32_t>(counter_ >> 32), 0, 0},
        {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32)});
    buffer_ = {(std::uint64_t{words[1]} << 32) | words[0],
               (std::uint64_t{words[3]} << 32) | words[2]};
    available_ = 2;
    ++counter_;
}

std::uint64_t RandomStream::next() {
    if (available_ == 0) refill();
    return buffer_[static_cast<std::size_t>(--available_)];
}

double RandomStream::uniform() {
    // 52 bits: with 53, k + 1/2 is rounded and the result can be exactly 1.
    return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52;
}

double RandomStream::normal() {
    if (has_spare_) {
        has_spare_ = false;
        return spare_normal_;
    }
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    const double angle = 2.0 * std::numbers::pi * uniform();
    spare_normal_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
}

std::uint64_t RandomStream::below(std::uint64_t n) {
    expects(n > 0, "below(n) needs n > 0");
    // Reject the few values at the bottom that would make the remainder uneven.
    const std::uint64_t reject = (0 - n) % n;
    for (;;) {
        const std::uint64_t value = next();
        if (value >= reject) return value % n;
    }
}

}  // namespace lacathode
