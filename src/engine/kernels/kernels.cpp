// Compiles the kernels once for every instruction set and finds the table of one.
#include "engine/kernels/kernels.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <iterator>

#include "engine/kernels/adam-inl.hpp"
#include "engine/kernels/batch_norm-inl.hpp"
#include "engine/kernels/dense-inl.hpp"
#include "engine/kernels/made-inl.hpp"
#include "engine/kernels/outer_product-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lacathode::engine::HWY_NAMESPACE {

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

}  // namespace lacathode::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lacathode::engine {

HWY_EXPORT(kernel_table);

const EngineKernels& kernels_for_target(std::int64_t target) {
    // Highway's own choice is one object for the whole process. A choice of our own finds the entry
    // of any target in the same table, which has a single one if there is a single target.
    hwy::ChosenTarget choice;
    choice.Update(target);
    const auto& tables = HWY_DISPATCH_TABLE(kernel_table);
    return *tables[std::size(tables) == 1 ? 0 : choice.GetIndex()]();
}

}  // namespace lacathode::engine
#endif
