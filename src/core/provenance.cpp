#include "lacathode/core/provenance.hpp"

#include <unistd.h>

#include <algorithm>

namespace lacathode {

const InputRecord* record_of_content(const std::vector<InputRecord>& records,
                                     const std::string& content_hash) {
    const auto found = std::ranges::find(records, content_hash, &InputRecord::content_hash);
    return found == records.end() ? nullptr : &*found;
}

std::string library_version() {
    return LACATHODE_VERSION;
}
std::string library_git_revision() {
    return LACATHODE_GIT_REVISION;
}

std::string host_name() {
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

}  // namespace lacathode
