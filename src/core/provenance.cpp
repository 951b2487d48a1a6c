#include "lacathode/core/provenance.hpp"

#include <unistd.h>

namespace lacathode {

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
