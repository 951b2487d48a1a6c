#include "lacathode/io/own_file.hpp"

#include "io/file_seal.hpp"
#include "io/input_checks.hpp"
#include "io/tables/foreign_file.hpp"
#include "io/trial_reading.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

// Of this version of the program or of another one.
bool has_own_format(const std::string& path) {
    try {
        return io::detail::ForeignFile(path)
            .text_attribute("/", "format")
            .starts_with("lacathode.");
    } catch (const io::detail::Hdf5Error& error) {
        throw InputError(path + ": " + error.what() + "; it may be damaged: copy it again");
    }
}

}  // namespace

bool is_own_file(const std::string& path) {
    io::detail::check_readable_file(path);
    if (io::detail::begins_with_seal(path)) return true;
    if (!io::detail::looks_like_hdf5(path)) return false;
    io::detail::try_in_child(path, [&] { (void)has_own_format(path); });
    return has_own_format(path);
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

}  // namespace lacathode
