#include "workflow/shared_files.hpp"

#include <filesystem>

#include "lacathode/core/text.hpp"
#include "lacathode/io/file_hash.hpp"
#include "lacathode/io/own_file.hpp"

namespace lacathode {

std::string SharedFiles::path_of(const Step& step) {
    std::string identity = concat(step.stage, '\n', step.algorithm, '\n', step.config, '\n');
    for (const std::string& choice : step.choices) identity += choice + '\n';
    for (const auto& [role, path] : step.inputs)
        identity += concat(role, ' ', identity_of(path), '\n');
    constexpr std::size_t digits = 16;
    return concat(directory_, '/', step.stage, '_', text_hash(identity).substr(0, digits), ".h5");
}

std::string SharedFiles::identity_of(const std::string& input) {
    const std::filesystem::path path(input);
    if (path.parent_path() == directory_) return path.filename();
    const auto [known, is_new] = hashes_.try_emplace(input);
    if (is_new) known->second = input_hash(input);
    return known->second;
}

}  // namespace lacathode
