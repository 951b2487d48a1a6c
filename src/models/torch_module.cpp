#include "models/torch_module.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

#include "lacathode/core/errors.hpp"

namespace lacathode::torch_backend {
namespace {

constexpr const char* module_name = "liblacathode_torch.so";

std::string wanted_library() {
    const char* path = std::getenv("LACATHODE_TORCH_LIBRARY");
    if (path == nullptr || *path == '\0') return module_name;
    // The dynamic linker would look for a name without a slash elsewhere.
    return std::filesystem::absolute(path).string();
}

}  // namespace

Module open_module(const std::string& library) {
    // All of LibTorch's symbols are looked up here: one that is missing is told now, not in
    // the middle of a training. Local: they are no business of the rest of the program.
    void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return {nullptr, dlerror()};
    const auto get = reinterpret_cast<TorchBackendSymbol>(dlsym(handle, "lacathode_torch_backend"));
    if (get == nullptr) {
        return {nullptr, library +
                             " is not lacathode's module: it has no symbol "
                             "lacathode_torch_backend"};
    }
    const TorchBackend* backend = get();
    if (backend->stamp != torch_module_stamp()) {
        return {nullptr, library + " belongs to lacathode " + backend->stamp +
                             ", this program to lacathode " + torch_module_stamp()};
    }
    backend->watch_interrupts(interrupt_flag());
    return {backend, ""};
}

const Module& module() {
    static const Module opened = open_module(wanted_library());
    return opened;
}

const TorchBackend& backend() {
    if (module().backend != nullptr) return *module().backend;
    throw UsageError("LibTorch, which --backend torch and --device cuda use, is not available: " +
                     module().problem + "; install lacathode with its module " + module_name +
                     ", set LACATHODE_TORCH_LIBRARY to the path of one, or use --backend engine "
                     "(with --device cpu)");
}

}  // namespace lacathode::torch_backend
