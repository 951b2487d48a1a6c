// The edge of LibTorch: its exceptions (c10::Error and others) become ours.
#pragma once

#include <new>
#include <string>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"

namespace lacathode::torch_backend {

/// Calls work(); `doing` ("training the flow") opens the message of what it throws.
template <class Work>
auto at_edge(const std::string& doing, Work&& work) {
    try {
        return std::forward<Work>(work)();
    } catch (const Error&) {
        throw;
    } catch (const ContractViolation&) {
        throw;
    } catch (const Interrupted&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        const std::string text = error.what();
        // The rest of LibTorch's messages is a stack trace.
        throw NumericalError("LibTorch failed while " + doing + ": " +
                             text.substr(0, text.find('\n')) +
                             "; if the device ran out of memory, try a smaller batch or "
                             "--device cpu; on a GPU with kernels of our own (--version), "
                             "LACATHODE_CUDA_KERNELS=off in the environment does without them");
    }
}

}  // namespace lacathode::torch_backend
