// The module's one exported symbol.
#include "libtorch/backend.hpp"

extern "C" [[gnu::visibility("default")]] const lacathode::TorchBackend* lacathode_torch_backend() {
    using namespace lacathode;
    static const std::string stamp = torch_module_stamp();
    static const TorchBackend backend{.stamp = stamp.c_str(),
                                      .watch_interrupts = watch_interrupts,
                                      .check_device = torch_backend::check_device,
                                      .description = torch_backend::description,
                                      .make_maf = torch_backend::make_maf,
                                      .make_mlp = torch_backend::make_mlp,
                                      .free_memory = torch_backend::free_memory,
                                      .make_maf_replicas = torch_backend::make_maf_replicas,
                                      .make_mlp_replicas = torch_backend::make_mlp_replicas};
    return &backend;
}
