#include "io/hdf5.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lacathode::io::detail {
namespace {

const std::string lock_failure = "it cannot be locked: ";

herr_t keep_first(unsigned position, const H5E_error2_t* error, void* text) {
    if (position == 0 && error->desc) *static_cast<std::string*>(text) = error->desc;
    return 0;
}

// The drivers' messages bury the system's own words among addresses and time stamps.
std::string system_words(const std::string& message) {
    static const std::string marker = "error message = '";
    const auto begin = message.find(marker);
    if (begin == std::string::npos) return message;
    const auto end = message.find('\'', begin + marker.size());
    const std::string words = message.substr(begin + marker.size(), end - begin - marker.size());
    if (!message.starts_with("unable to lock")) return words;
    // Locks, not content, are what fails on some network file systems.
    return lock_failure + words +
           (words == std::strerror(EAGAIN)
                ? " (another program has it open: close it there)"
                : " (a file system without locks needs HDF5_USE_FILE_LOCKING=FALSE in the "
                  "environment)");
}

herr_t refuse_external_link(const char*, const char*, const char*, const char*, unsigned*, hid_t,
                            void*) {
    H5Epush2(H5E_DEFAULT, __FILE__, __func__, __LINE__, H5E_ERR_CLS, H5E_LINK, H5E_TRAVERSE,
             "the link leads into another file, which is not read");
    return -1;
}

// No exception may pass through the C library.
herr_t add_name(hid_t, const char* name, const H5L_info_t*, void* names) noexcept {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}

Handle links_within_file() {
    Handle access = own(H5Pcreate(H5P_LINK_ACCESS), H5Pclose, "set access properties");
    stay_in_file(access.get());
    return access;
}

}  // namespace

void silence_hdf5() {
    // After a failed write (a full disk) HDF5 crashes when it tidies up at exit; all that we open
    // we close ourselves.
    [[maybe_unused]] static const herr_t no_exit_handler = H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

std::string hdf5_message() {
    std::string text = "no reason given by HDF5";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &text);
    return system_words(text);
}

std::string opening_failure(const std::string& remedy_of_damage) {
    const std::string reason = hdf5_message();
    if (reason.starts_with(lock_failure)) return "cannot be opened, " + reason;
    return "cannot be opened, it is truncated or damaged: " + reason + remedy_of_damage;
}

bool link_exists(hid_t file, const std::string& path) {
    if (path.empty()) return false;
    const Handle access = links_within_file();
    for (auto slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        if (H5Lexists(file, path.substr(0, slash).c_str(), access.get()) <= 0) return false;
    }
    if (path == "/") return true;
    return H5Lexists(file, path.c_str(), access.get()) > 0 &&
           H5Oexists_by_name(file, path.c_str(), access.get()) > 0;
}

Handle open_object(hid_t file, const std::string& path) {
    return own(H5Oopen(file, path.c_str(), links_within_file().get()), H5Oclose,
               "open '" + path + "'");
}

void stay_in_file(hid_t access) {
    check(H5Pset_elink_cb(access, refuse_external_link, nullptr), "set access properties");
}

haddr_t address_of(hid_t object) {
    H5O_info_t info;
    check(H5Oget_info2(object, &info, H5O_INFO_BASIC), "read an object");
    return info.addr;
}

Handle open_or_create_group(hid_t file, const std::string& path) {
    if (link_exists(file, path)) {
        return own(H5Oopen(file, path.c_str(), H5P_DEFAULT), H5Oclose, "open '" + path + "'");
    }
    // One level at a time: HDF5 gives groups that it makes on the way their time of birth.
    const auto slash = path.rfind('/');
    if (slash != std::string::npos && slash > 0) open_or_create_group(file, path.substr(0, slash));
    const Handle creation = own(H5Pcreate(H5P_GROUP_CREATE), H5Pclose, "set group properties");
    check(H5Pset_obj_track_times(creation.get(), false), "set group properties");
    return own(H5Gcreate2(file, path.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), H5Gclose,
               "create group '" + path + "'");
}

std::string join(const std::string& group, const std::string& name) {
    return group == "/" ? "/" + name : group + "/" + name;
}

// By iteration: names asked for one by one, by position, take a time quadratic in their number.
std::vector<std::string> child_names(hid_t group) {
    std::vector<std::string> names;
    hsize_t position = 0;
    check(H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &position, add_name, &names),
          "read a group");
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace lacathode::io::detail
