#include "io/input_checks.hpp"
#include "io/tables/find_tables.hpp"
#include "io/trial_reading.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/io/column_table.hpp"

namespace lacathode {
namespace {

std::vector<std::string> keys_of(const std::string& path) {
    try {
        std::vector<std::string> keys;
        for (auto& table : io::detail::find_tables(io::detail::ForeignFile(path))) {
            keys.push_back(std::move(table.key));
        }
        return keys;
    } catch (const io::detail::Hdf5Error& error) {
        throw InputError(path + ": " + error.what() + "; it may be damaged: copy it again");
    }
}

}  // namespace

std::vector<std::string> table_keys(const std::string& path) {
    io::detail::check_readable_file(path);
    if (!io::detail::looks_like_hdf5(path)) return {""};
    io::detail::try_in_child(path, [&] { (void)keys_of(path); });
    return keys_of(path);
}

}  // namespace lacathode
