// Every way to compute a network: each backend, and of the engine each instruction set.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lacathode/engine/engine.hpp"
#include "lacathode/models/execution.hpp"
#include "models/network_cases.hpp"
#include "support/test_name.hpp"

namespace lacathode::test {

struct Implementation {
    Backend backend;
    std::string instruction_set;  ///< of the engine

    [[nodiscard]] Execution execution() const {
        return {.device = backend == Backend::torch ? torch_device_under_test() : Device::cpu,
                .backend = backend,
                .instruction_set = instruction_set};
    }
    [[nodiscard]] std::string name() const {
        return backend == Backend::torch ? "torch" : test_name("engine_" + instruction_set);
    }
};

// NOLINTNEXTLINE(readability-identifier-naming): as GoogleTest calls it.
inline void PrintTo(const Implementation& implementation, std::ostream* out) {
    *out << implementation.name();
}

inline auto all_implementations() {
    std::vector<Implementation> all{{Backend::torch, ""}};
    for (const std::string& set : engine_instruction_sets()) all.push_back({Backend::engine, set});
    return testing::ValuesIn(all);
}

}  // namespace lacathode::test
