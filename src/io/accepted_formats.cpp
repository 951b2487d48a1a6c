#include "io/accepted_formats.hpp"

#include <algorithm>

#include "io/format_version.hpp"
#include "io/hdf5_attributes.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::io::detail {
namespace {

template <class Text>
std::string alternatives(const std::vector<FileFormat>& formats, const Text& text) {
    std::string joined;
    for (const auto format : formats) joined += (joined.empty() ? "" : " or ") + text(format);
    return joined;
}

}  // namespace

AcceptedFormats::AcceptedFormats(std::vector<FileFormat> formats) : formats_(std::move(formats)) {
    expects(!formats_.empty(), "some format is accepted");
}

FileFormat AcceptedFormats::check(const std::string& path, hid_t file) const {
    const FileFormat found = check_format(path, file);
    check_version(path, file);
    return found;
}

std::string AcceptedFormats::expected() const {
    return "expected a " + alternatives(formats_, format_name) + " file, as " +
           alternatives(formats_, format_producer) + " writes it";
}

FileFormat AcceptedFormats::check_format(const std::string& path, hid_t file) const {
    const auto value = read_attribute(file, "format");
    if (!value || !std::holds_alternative<std::string>(*value)) {
        throw InputError(path +
                         ": is an HDF5 file, but not of this project (no attribute 'format'); " +
                         expected());
    }
    const auto& name = std::get<std::string>(*value);
    const auto found = format_of_name(name);
    if (!found || std::ranges::find(formats_, *found) == formats_.end()) {
        throw InputError(path + ": is a " + name + " file; " + expected());
    }
    return *found;
}

void AcceptedFormats::check_version(const std::string& path, hid_t file) const {
    const auto value = read_attribute(file, "format_version");
    const auto* version = value ? std::get_if<std::int64_t>(&*value) : nullptr;
    if (version && *version == format_version) return;
    throw InputError(path + ": format_version is " +
                     (version ? std::to_string(*version) : "missing") + "; this program reads " +
                     std::to_string(format_version) +
                     ": use the version of the program that wrote the file, or make it again "
                     "with this one");
}

}  // namespace lacathode::io::detail
