// Names of the cases of parameterised tests.
#pragma once

#include <cctype>
#include <string>

namespace lacathode::test {

/// Letters and digits only, as GoogleTest demands of the names of parameters.
inline std::string test_name(std::string text) {
    for (char& c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return text;
}

}  // namespace lacathode::test
