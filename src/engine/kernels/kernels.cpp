// Compiles the kernels once for every instruction set and picks the table in use.
#include "engine/kernels/kernels.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/adam-inl.hpp"
#include "engine/kernels/batch_norm-inl.hpp"
#include "engine/kernels/dense-inl.hpp"
#include "engine/kernels/made-inl.hpp"
#include "engine/kernels/outer_product-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lacathode::detail::HWY_NAMESPACE {

const EngineKernels* kernel_table() {
    static constexpr EngineKernels table = {
        .panel = panel,
        .made_forward = made_forward,
        .made_inverse = made_inverse,
        .made_backward = made_backward,
        .affine = affine,
        .moments = moments,
        .gradient_sums = gradient_sums,
        .batch_norm_backward = batch_norm_backward,
        .outer_product = outer_product,
        .adam = adam,
        .dense_relu = dense_relu,
        .dense_row = dense_row,
        .dense_backward = dense_backward,
    };
    return &table;
}

}  // namespace lacathode::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lacathode::detail {

HWY_EXPORT(kernel_table);

const EngineKernels& engine_kernels() {
    return *HWY_DYNAMIC_DISPATCH(kernel_table)();
}

}  // namespace lacathode::detail
#endif
