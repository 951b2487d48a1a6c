#include <algorithm>

#include "lacathode/config/json.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {

std::string to_text(const Summary& summary) {
    std::size_t width = 0;
    for (const auto& [name, value] : summary) width = std::max(width, name.size());
    std::string text;
    for (const auto& [name, value] : summary) {
        text += name + std::string(width - name.size() + 2, ' ') +
                std::visit([](const auto& v) { return concat(v); }, value) + "\n";
    }
    return text;
}

}  // namespace lacathode
