#include "io/hdf5.hpp"

#include <algorithm>

namespace lacathode::detail {
namespace {

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
    return message.substr(begin + marker.size(), end - begin - marker.size());
}

}  // namespace

void silence_hdf5() {
    // After a failed write (a full disk) HDF5 crashes when it tidies up at exit; all that we open we
    // close ourselves.
    [[maybe_unused]] static const herr_t no_exit_handler = H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

std::string hdf5_message() {
    std::string text = "no reason given by HDF5";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &text);
    return system_words(text);
}

bool link_exists(hid_t file, const std::string& path) {
    if (path.empty()) return false;
    for (auto slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        if (H5Lexists(file, path.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
    }
    if (path == "/") return true;
    return H5Lexists(file, path.c_str(), H5P_DEFAULT) > 0 &&
           H5Oexists_by_name(file, path.c_str(), H5P_DEFAULT) > 0;
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

std::vector<std::string> child_names(hid_t group) {
    H5G_info_t info;
    check(H5Gget_info(group, &info), "read a group");
    std::vector<std::string> names;
    for (hsize_t i = 0; i < info.nlinks; ++i) {
        const auto length = check(
            H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, nullptr, 0, H5P_DEFAULT),
            "read a group");
        std::string name(static_cast<std::size_t>(length), '\0');
        check(H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(),
                                 name.size() + 1, H5P_DEFAULT),
              "read a group");
        names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace lacathode::detail
