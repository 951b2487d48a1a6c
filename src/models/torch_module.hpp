// The LibTorch backend, opened at run time when a network is to run on it.
#pragma once

#include <string>

#include "lacathode/libtorch/libtorch.hpp"

namespace lacathode::torch_backend {

/// What came of opening the module: its functions, or why they cannot be used.
struct Module {
    const TorchBackend* backend = nullptr;
    std::string problem;  ///< empty if there is a backend
};

/// Opens the module `library`: a path, or a name that the dynamic linker looks for. It stays open.
Module open_module(const std::string& library);

/// The module that $LACATHODE_TORCH_LIBRARY names or, without that, the one in the search path of
/// the program. Opened by the first call, in whichever thread; later ones have the same result.
const Module& module();

/// The functions of module(). Throws UsageError that says what is missing and what to do.
const TorchBackend& backend();

}  // namespace lacathode::torch_backend
