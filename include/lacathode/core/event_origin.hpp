// What events go back to: the events file that split them, and what that was made of.
#pragma once

#include <string>
#include <vector>

namespace lacathode {

/// An events file, as the tables and models that come from it remember it. Partitions hold within
/// one events file; two of one source may have split the same events differently.
struct EventOrigin {
    std::string events_hash;           ///< content hash of the events file
    std::vector<std::string> sources;  ///< hashes of the files it was read from, or how its events
                                       ///< were generated
    bool operator==(const EventOrigin&) const = default;
};
using EventOrigins = std::vector<EventOrigin>;

/// Those of `a`, and those of `b` that a has not.
EventOrigins united(EventOrigins a, const EventOrigins& b);

/// A source that both go back to; empty if there is none.
std::string common_source(const EventOrigin& a, const EventOrigin& b);
std::string common_source(const EventOrigins& a, const EventOrigins& b);

}  // namespace lacathode
