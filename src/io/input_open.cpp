#include <algorithm>

#include "io/content_scan.hpp"
#include "io/format_version.hpp"
#include "io/hdf5_attributes.hpp"
#include "io/input_checks.hpp"
#include "io/input_state.hpp"
#include "io/provenance_group.hpp"

namespace lacathode {
namespace {

template <class Text>
std::string alternatives(const std::vector<FileFormat>& formats, const Text& text) {
    std::string joined;
    for (const auto format : formats) joined += (joined.empty() ? "" : " or ") + text(format);
    return joined;
}

std::string names_of(const std::vector<FileFormat>& formats) {
    return alternatives(formats, format_name);
}

// Locks, not content, are what fails on some network file systems.
std::string lock_hint(const std::string& message) {
    if (message.find("lock") == std::string::npos) return "";
    return " (a file system without locks needs HDF5_USE_FILE_LOCKING=FALSE in the environment)";
}

}  // namespace

InputFile::Impl::Impl(std::string path, std::vector<FileFormat> accepted)
    : path_(std::move(path)), accepted_(std::move(accepted)) {
    expects(!accepted_.empty(), "some format is accepted");
    open();
    check_format();
    check_version();
    guarded([&] { provenance_ = detail::read_provenance(file_.get()); });
}

std::string InputFile::Impl::remedy() const {
    return "copy it again, or make it again with " + alternatives(accepted_, format_producer);
}

void InputFile::Impl::open() {
    detail::check_readable_file(path_);
    if (!detail::looks_like_hdf5(path_)) {
        throw InputError(path_ + ": is not an HDF5 file; expected a " + names_of(accepted_) +
                         " file, as " + alternatives(accepted_, format_producer) + " writes it");
    }
    file_ = detail::Handle(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (file_) return;
    const std::string reason = detail::hdf5_message();
    throw InputError(path_ + ": cannot be opened, it is truncated or damaged: " + reason +
                     lock_hint(reason) + "; " + remedy());
}

void InputFile::Impl::check_format() {
    const auto value = guarded([&] { return detail::read_attribute(file_.get(), "format"); });
    if (!value || !std::holds_alternative<std::string>(*value)) {
        throw InputError(path_ +
                         ": is an HDF5 file, but not of this project (no attribute "
                         "'format'); expected a " +
                         names_of(accepted_) + " file, as " +
                         alternatives(accepted_, format_producer) + " writes it");
    }
    const auto& name = std::get<std::string>(*value);
    const auto found = detail::format_of_name(name);
    if (!found || std::find(accepted_.begin(), accepted_.end(), *found) == accepted_.end()) {
        throw InputError(path_ + ": is a " + name + " file; expected a " + names_of(accepted_) +
                         " file, as " + alternatives(accepted_, format_producer) + " writes it");
    }
    format_ = *found;
}

void InputFile::Impl::check_version() const {
    const auto value =
        guarded([&] { return detail::read_attribute(file_.get(), "format_version"); });
    const auto* version = value ? std::get_if<std::int64_t>(&*value) : nullptr;
    if (version && *version == detail::format_version) return;
    throw InputError(path_ + ": format_version is " +
                     (version ? std::to_string(*version) : "missing") + "; this program reads " +
                     std::to_string(detail::format_version) +
                     ": use the program's version that wrote the file, or " + remedy());
}

void InputFile::Impl::verify() const {
    const std::string found = guarded([&] { return detail::scan_content(file_.get()); });
    if (found == provenance_.content_hash) return;
    throw InputError(path_ + ": its content has changed since it was written (content hash " +
                     found + ", recorded " + provenance_.content_hash + "); " + remedy());
}

}  // namespace lacathode
