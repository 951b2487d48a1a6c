// Products of small matrices in shared memory by the warps of a block.
//
// Written against a Block with thread() and sync(), so that the same source runs in CUDA's blocks
// and, in the tests, on a CPU, where the threads of a block are threads.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#ifdef __CUDACC__
#include <cuda_pipeline.h>
#define LACATHODE_DEVICE __host__ __device__ __forceinline__
#define LACATHODE_UNROLL _Pragma("unroll")
#else
#define LACATHODE_DEVICE inline
#define LACATHODE_UNROLL
#endif

namespace lacathode::kernels {

inline constexpr int threads = 512;
inline constexpr int warps = threads / 32;

struct alignas(16) Four {
    float v[4];
};

LACATHODE_DEVICE Four four_at(const float* p) {
    return *reinterpret_cast<const Four*>(p);
}
LACATHODE_DEVICE void put_four(float* p, const Four& four) {
    *reinterpret_cast<Four*>(p) = four;
}

/// In CUDA within two units of the last digit, where the exact ones have branches.
LACATHODE_DEVICE float quotient(float a, float b) {
#ifdef __CUDA_ARCH__
    return __fdividef(a, b);
#else
    return a / b;
#endif
}
LACATHODE_DEVICE float root(float a) {
#ifdef __CUDA_ARCH__
    float result;
    asm("sqrt.approx.f32 %0, %1;" : "=f"(result) : "f"(a));
    return result;
#else
    return std::sqrt(a);
#endif
}

/// Copies to shared memory that are done when wait_for_copies() returns, for the thread that asked
/// for them; behind the next sync() for all.
LACATHODE_DEVICE void copy_four_later(float* shared, const float* source) {
#ifdef __CUDA_ARCH__
    __pipeline_memcpy_async(shared, source, sizeof(Four));
#else
    put_four(shared, four_at(source));
#endif
}
LACATHODE_DEVICE void wait_for_copies() {
#ifdef __CUDA_ARCH__
    __pipeline_commit();
    __pipeline_wait_prior(0);
#endif
}

/// Behind branches: a warp's threads go on together, as products need it. sync() does that too.
LACATHODE_DEVICE void whole_warp() {
#ifdef __CUDA_ARCH__
    __syncwarp();
#endif
}

/// Which elements of a product a thread has: of a piece of 16 x 8 those four with row(q) and
/// column(q), q < 4, as the tensor cores have them (PTX ISA, mma.m16n8k8).
struct Lane {
    LACATHODE_DEVICE explicit Lane(int thread)
        : warp(thread / 32), group(thread % 32 / 4), member(thread % 4) {}
    LACATHODE_DEVICE int row(int q) const { return group + q / 2 * 8; }
    LACATHODE_DEVICE int column(int q) const { return 2 * member + q % 2; }
    int warp, group, member;
};

/// Which two terms of each eight a thread fetches; chosen so that a warp's accesses lie in
/// different banks.
enum class Terms {
    neighbours,  ///< operands a(i, k) and b(k, j) with k as row of their memory
    far_apart    ///< with k as column
};

/// value = high + low but for 2^-22 of it, both rounded to the ten bits behind the point that
/// TF32 has: the tensor cores' products of such numbers are exact. Of what is not finite, high is
/// not finite either.
struct Split {
    LACATHODE_DEVICE explicit Split(float value)
        : high(rounded(value)), low(rounded(value - high)) {}
    float high, low;

  private:
    LACATHODE_DEVICE static float rounded(float value) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, &value, sizeof(bits));
        // A NaN with all bits set, which is what GPUs make, would become zero.
        if ((bits & 0x7f800000U) == 0x7f800000U) return value;
        bits = (bits + 0x1000U) & 0xffffe000U;
        std::memcpy(&value, &bits, sizeof(bits));
        return value;
    }
};

#ifdef __CUDA_ARCH__
namespace detail {

__device__ __forceinline__ void multiply(const unsigned (&a)[4], const unsigned (&b)[2],
                                         float (&sum)[4]) {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
        "{%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

}  // namespace detail
#endif

/// sum(i, j) += the sum over k in [begin, end) of a(i, k) b(k, j): M x N pieces of 16 x 8, all by
/// one warp, with the precision of float32. begin and end: multiples of 8. Tensor cores cut what
/// they add to a sum off; so they sum up eight terms only, and ordinary additions do the rest.
template <Terms terms, int M, int N, class A, class B>
LACATHODE_DEVICE void add_product(const Lane& lane, int begin, int end, const A& a, const B& b,
                                  float (&sum)[M][N][4]) {
#ifdef __CUDA_ARCH__
    const int first = terms == Terms::neighbours ? 2 * lane.member : lane.member;
    constexpr int step = terms == Terms::neighbours ? 1 : 4;
#pragma unroll 2
    for (int k = begin + first; k < end + first; k += 8) {
        unsigned b_high[N][2];
        unsigned b_low[N][2];
        LACATHODE_UNROLL
        for (int n = 0; n < N; ++n) {
            LACATHODE_UNROLL
            for (int q = 0; q < 2; ++q) {
                const Split split(b(k + q * step, 8 * n + lane.group));
                b_high[n][q] = __float_as_uint(split.high);
                b_low[n][q] = __float_as_uint(split.low);
            }
        }
        LACATHODE_UNROLL
        for (int m = 0; m < M; ++m) {
            unsigned a_high[4];
            unsigned a_low[4];
            LACATHODE_UNROLL
            for (int q = 0; q < 4; ++q) {
                const Split split(a(16 * m + lane.group + q % 2 * 8, k + q / 2 * step));
                a_high[q] = __float_as_uint(split.high);
                a_low[q] = __float_as_uint(split.low);
            }
            LACATHODE_UNROLL
            for (int n = 0; n < N; ++n) {
                float of_eight[4] = {};
                detail::multiply(a_low, b_high[n], of_eight);
                detail::multiply(a_high, b_low[n], of_eight);
                detail::multiply(a_high, b_high[n], of_eight);
                LACATHODE_UNROLL
                for (int q = 0; q < 4; ++q) sum[m][n][q] += of_eight[q];
            }
        }
    }
#else
    for (int m = 0; m < M; ++m) {
        for (int n = 0; n < N; ++n) {
            for (int q = 0; q < 4; ++q) {
                for (int k = begin; k < end; k += 8) {
                    float of_eight = 0;
                    for (int i = k; i < k + 8; ++i) {
                        const Split of_a(a(16 * m + lane.row(q), i));
                        const Split of_b(b(i, 8 * n + lane.column(q)));
                        of_eight += of_a.low * of_b.high + of_a.high * of_b.low;
                        of_eight += of_a.high * of_b.high;
                    }
                    sum[m][n][q] += of_eight;
                }
            }
        }
    }
#endif
}

template <int M, int N>
LACATHODE_DEVICE void set_zero(float (&sum)[M][N][4]) {
    LACATHODE_UNROLL
    for (int m = 0; m < M; ++m) {
        LACATHODE_UNROLL
        for (int n = 0; n < N; ++n) {
            LACATHODE_UNROLL
            for (int q = 0; q < 4; ++q) sum[m][n][q] = 0;
        }
    }
}

}  // namespace lacathode::kernels
