#include "ml/trees/gradient.hpp"

#include <bit>
#include <cmath>

#include "lacathode/core/errors.hpp"

// Compiled twice, once with AVX2, and chosen when the program starts. The sanitizers' runtimes are
// not ready by then.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define LACATHODE_WIDEST_VECTORS [[gnu::target_clones("arch=x86-64-v3", "default")]]
#else
#define LACATHODE_WIDEST_VECTORS
#endif

namespace lacathode::ml::trees {
namespace {

// Straight-line float32 arithmetic, which a compiler turns into vectors; std::exp and std::log1p
// it does not. Both are good to 3e-7 (relative).

inline std::uint32_t bits_of(float value) {
    return std::bit_cast<std::uint32_t>(value);
}

// a or b by a comparison of floats would be a branch, and a loop with branches stays scalar.
inline float if_negative(float value, float then, float otherwise) {
    const std::uint32_t mask = 0U - (bits_of(value) >> 31);
    return std::bit_cast<float>((bits_of(then) & mask) | (bits_of(otherwise) & ~mask));
}

// e^x for x <= 0 (e^-87 below -87): 2^n times the Taylor series of e^r, |r| <= log(2) / 2.
inline float exp_negative(float x) {
    constexpr float log2_e = 1.44269504F;
    constexpr float log_2_high = 0.693359375F;  // few bits, so that n times it is exact
    constexpr float log_2_low = -2.12194440e-4F;
    constexpr float to_integer = 12582912.0F;  // 1.5 * 2^23: adding it rounds to an integer
    const float inside = if_negative(x + 87.0F, -87.0F, x);
    const float shifted = inside * log2_e + to_integer;
    const float n = shifted - to_integer;
    const float r = (inside - n * log_2_high) - n * log_2_low;
    float series = 1.0F / 5040;
    series = series * r + 1.0F / 720;
    series = series * r + 1.0F / 120;
    series = series * r + 1.0F / 24;
    series = series * r + 1.0F / 6;
    series = series * r + 0.5F;
    series = series * r + 1.0F;
    series = series * r + 1.0F;
    const std::uint32_t power = std::bit_cast<std::uint32_t>(shifted) << 23;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(series) + power);
}

// log(1 + q), 0 <= q <= 1: 2 artanh(s) with s = q / (2 + q) <= 1/3.
inline float log_one_plus(float q) {
    const float s = q / (2.0F + q);
    const float t = s * s;
    float series = 1.0F / 13;
    series = series * t + 1.0F / 11;
    series = series * t + 1.0F / 9;
    series = series * t + 1.0F / 7;
    series = series * t + 1.0F / 5;
    series = series * t + 1.0F / 3;
    series = series * t + 1.0F;
    return 2.0F * s * series;
}

// To the nearest integer; from 2^23 on a float is one.
inline std::int32_t rounded(float value) {
    constexpr std::uint32_t sign_bit = 0x80000000U;
    const float half = if_negative(std::abs(value) - 8388608.0F, 0.5F, 0.0F);
    const auto to_nearest = std::bit_cast<float>(bits_of(half) | (bits_of(value) & sign_bit));
    return static_cast<std::int32_t>(value + to_nearest);
}

// The loss of an event, -log s(u), from u = logit for data and -logit for background.
struct Event {
    float weight;
    float u;
    float q;  // e^-|u|
    [[nodiscard]] float loss() const {
        return weight * (0.5F * (std::abs(u) - u) + log_one_plus(q));
    }
};

inline Event event_of(float logit, float signed_weight) {
    const float u = if_negative(signed_weight, -logit, logit);
    return {std::abs(signed_weight), u, exp_negative(-std::abs(u))};
}

using BlockLoss = std::array<float, block_events>;

double sum_of(const float* loss, std::size_t count) {
    constexpr std::size_t lanes = 8;
    std::array<double, lanes> sums{};
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += double{loss[i + lane]};
    }
    for (; i < count; ++i) sums[0] += double{loss[i]};
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
           ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

}  // namespace

LACATHODE_WIDEST_VECTORS
double differentiate(std::span<const float> logit, std::span<const float> signed_weight,
                     const FixedPoint& scale, BlockGradient& result) {
    expects(logit.size() <= block_events && logit.size() == signed_weight.size(), "one block");
    alignas(64) BlockLoss loss;
    const float gradient_factor = scale.gradient_factor();
    const float hessian_factor = scale.hessian_factor();
    const float* z = logit.data();
    const float* w = signed_weight.data();
    const std::size_t count = logit.size();
    for (std::size_t i = 0; i < count; ++i) {
        const Event event = event_of(z[i], w[i]);
        const float likely = 1.0F / (1.0F + event.q);  // s(|u|)
        const float unlikely = event.q * likely;       // s(-|u|)
        const float wrong = if_negative(event.u, likely, unlikely);
        result.gradient[i] = rounded(-w[i] * wrong * gradient_factor);
        result.hessian[i] = rounded(event.weight * (likely * unlikely) * hessian_factor);
        loss[i] = event.loss();
    }
    return sum_of(loss.data(), count);
}

LACATHODE_WIDEST_VECTORS
double loss_sum(std::span<const float> logit, std::span<const float> signed_weight) {
    expects(logit.size() <= block_events && logit.size() == signed_weight.size(), "one block");
    alignas(64) BlockLoss loss;
    for (std::size_t i = 0; i < logit.size(); ++i) {
        loss[i] = event_of(logit[i], signed_weight[i]).loss();
    }
    return sum_of(loss.data(), logit.size());
}

}  // namespace lacathode::ml::trees
