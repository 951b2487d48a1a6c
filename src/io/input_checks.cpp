#include "io/input_checks.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/hdf5.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {

void check_readable_file(const std::string& path) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) {
        if (errno == ENOENT) throw InputError(path + ": no such file; check the path");
        throw CannotOpen(path + ": cannot be read: " + std::strerror(errno));
    }
    if (S_ISDIR(info.st_mode)) {
        throw InputError(path + ": is a directory; give the path of a file in it");
    }
    if (!S_ISREG(info.st_mode)) {
        throw InputError(path + ": is not a regular file; write the data to a file first");
    }
    if (access(path.c_str(), R_OK) != 0) {
        throw CannotOpen(path + ": cannot be read: " + std::strerror(errno) +
                         "; check its permissions");
    }
    if (info.st_size == 0) throw InputError(path + ": is empty (0 bytes); make or copy it again");
}

bool looks_like_hdf5(const std::string& path) {
    silence_hdf5();
    return H5Fis_hdf5(path.c_str()) > 0;
}

}  // namespace lacathode::io::detail
