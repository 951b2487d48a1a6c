// Tests on every instruction set.
#pragma once

#include <cctype>
#include <string>

#include "lacathode/engine/engine.hpp"

namespace lacathode::test {

/// Forces an instruction set for as long as it lives.
class InstructionSetScope {
  public:
    explicit InstructionSetScope(const std::string& name) : before_(engine_instruction_set()) {
        use_engine_instruction_set(name);
    }
    ~InstructionSetScope() { use_engine_instruction_set(before_); }
    InstructionSetScope(const InstructionSetScope&) = delete;
    InstructionSetScope& operator=(const InstructionSetScope&) = delete;

  private:
    std::string before_;
};

/// Letters and digits only, as GoogleTest demands of the names of parameters.
inline std::string test_name(std::string text) {
    for (char& c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return text;
}

}  // namespace lacathode::test
