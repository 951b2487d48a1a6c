#include "io/input_checks.hpp"
#include "io/tables/find_tables.hpp"
#include "lacathode/io/column_table.hpp"

namespace lacathode {

std::vector<std::string> table_keys(const std::string& path) {
    io::detail::check_readable_file(path);
    if (!io::detail::looks_like_hdf5(path)) return {""};
    return io::detail::tried(path, [](const io::detail::ForeignFile& file) {
        std::vector<std::string> keys;
        for (auto& table : io::detail::find_tables(file)) keys.push_back(std::move(table.key));
        return keys;
    });
}

}  // namespace lacathode
