// The HDF5 C library behind handles and exceptions; nothing above src/io sees it.
#pragma once

#include <hdf5.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace lacathode::io::detail {

/// A call of the library failed; io turns it into InputError or OutputError with the file's name.
struct Hdf5Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Owns an HDF5 identifier.
class Handle {
  public:
    using Close = herr_t (*)(hid_t);

    Handle() = default;
    Handle(hid_t id, Close close) noexcept : id_(id), close_(close) {}
    Handle(Handle&& other) noexcept
        : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
    Handle& operator=(Handle&& other) noexcept {
        if (this != &other) {
            reset();
            id_ = std::exchange(other.id_, H5I_INVALID_HID);
            close_ = other.close_;
        }
        return *this;
    }
    ~Handle() { reset(); }

    /// Closes it; negative if the library could not.
    herr_t reset() noexcept {
        if (id_ < 0) return 0;
        return close_(std::exchange(id_, H5I_INVALID_HID));
    }
    [[nodiscard]] hid_t get() const noexcept { return id_; }
    [[nodiscard]] explicit operator bool() const noexcept { return id_ >= 0; }

  private:
    hid_t id_ = H5I_INVALID_HID;
    Close close_ = nullptr;
};

/// Turns off the library's own printing of errors. Called before the first use of each file.
void silence_hdf5();

/// The innermost message of the error that just happened, without addresses and times.
std::string hdf5_message();
/// Why H5Fopen failed just now, with what to do: about a lock, or, of a damaged file, that remedy.
std::string opening_failure(const std::string& remedy_of_damage = "");

/// Throws Hdf5Error("cannot ACTION: innermost message") if result is negative.
template <class Result>
Result check(Result result, const std::string& action) {
    if (result < 0) throw Hdf5Error("cannot " + action + ": " + hdf5_message());
    return result;
}

/// The checked identifier as a handle.
inline Handle own(hid_t id, Handle::Close close, const std::string& action) {
    return {check(id, action), close};
}

/// "/a/b" exists, and every group on the way. A link into another file is not followed.
bool link_exists(hid_t file, const std::string& path);

/// The object at that path of this file; Hdf5Error if the path leads into another file.
Handle open_object(hid_t file, const std::string& path);

/// Turns links into other files off, in the properties of an access (H5P_LINK_ACCESS or
/// H5P_DATASET_ACCESS).
void stay_in_file(hid_t access);

/// Where an object lies: one that has several names has one address.
haddr_t address_of(hid_t object);

/// The group `path`, made together with those above it where they are missing.
Handle open_or_create_group(hid_t file, const std::string& path);

/// "/GROUP/NAME"; "/NAME" for the root group.
std::string join(const std::string& group, const std::string& name);

/// Names of the group's links, sorted.
std::vector<std::string> child_names(hid_t group);

}  // namespace lacathode::io::detail
