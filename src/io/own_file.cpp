#include "lacathode/io/own_file.hpp"

#include "io/file_seal.hpp"
#include "io/input_checks.hpp"
#include "io/tables/foreign_file.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/io/file_hash.hpp"

namespace lacathode {

bool is_own_file(const std::string& path) {
    io::detail::check_readable_file(path);
    if (io::detail::begins_with_seal(path)) return true;
    if (!io::detail::looks_like_hdf5(path)) return false;
    // Of this version of the program or of another one.
    return io::detail::tried(path, [](const io::detail::ForeignFile& file) {
        return file.text_attribute("/", "format").starts_with("lacathode.");
    });
}

std::optional<InputFile> open_own_file(const std::string& path) {
    try {
        return InputFile(path, all_formats());
    } catch (const io::detail::CannotOpen&) {
        throw;
    } catch (const InputError&) {
        return std::nullopt;
    }
}

std::string input_hash(const std::string& path) {
    const std::optional<InputFile> own = open_own_file(path);
    return own ? own->content_hash() : file_hash(path);
}

}  // namespace lacathode
