#include "lacathode/core/event_origin.hpp"

#include <algorithm>

namespace lacathode {

EventOrigins united(EventOrigins a, const EventOrigins& b) {
    for (const EventOrigin& origin : b) {
        if (std::ranges::find(a, origin) == a.end()) a.push_back(origin);
    }
    return a;
}

}  // namespace lacathode
