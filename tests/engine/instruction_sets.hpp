// Tests on every instruction set.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "lacathode/engine/engine.hpp"
#include "support/test_name.hpp"

namespace lacathode::test {

/// A test with an instruction set as its parameter.
class OnEveryInstructionSet : public testing::TestWithParam<std::string> {
  protected:
    const std::string instruction_set_ = GetParam();
};

inline auto every_instruction_set() {
    return testing::ValuesIn(engine_instruction_sets());
}
inline std::string instruction_set_name(const testing::TestParamInfo<std::string>& test) {
    return test_name(test.param);
}

}  // namespace lacathode::test
