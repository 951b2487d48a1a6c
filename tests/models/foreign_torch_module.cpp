// A module of another build: the program must look at nothing of it but the stamp.
#include "lacathode/libtorch/libtorch.hpp"

extern "C" const lacathode::TorchBackend* lacathode_torch_backend() {
    static const lacathode::TorchBackend backend{"0.0.0 (another build)",
                                                 nullptr,
                                                 nullptr,
                                                 nullptr,
                                                 nullptr,
                                                 nullptr,
                                                 nullptr,
                                                 nullptr,
                                                 nullptr};
    return &backend;
}
