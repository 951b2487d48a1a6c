#include "lacathode/core/event_origin.hpp"

#include <algorithm>

namespace lacathode {

EventOrigins united(EventOrigins a, const EventOrigins& b) {
    for (const EventOrigin& origin : b) {
        if (std::ranges::find(a, origin) == a.end()) a.push_back(origin);
    }
    return a;
}

std::string common_source(const EventOrigin& a, const EventOrigin& b) {
    const auto found = std::ranges::find_first_of(a.sources, b.sources);
    return found == a.sources.end() ? std::string() : *found;
}

std::string common_source(const EventOrigins& a, const EventOrigins& b) {
    for (const EventOrigin& one : a) {
        for (const EventOrigin& other : b) {
            if (std::string source = common_source(one, other); !source.empty()) return source;
        }
    }
    return {};
}

}  // namespace lacathode
