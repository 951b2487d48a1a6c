#include "lacathode/stages/frame/recipe.hpp"

#include <algorithm>
#include <optional>
#include <variant>

#include "lacathode/config/json_tree.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/own_file.hpp"

namespace lacathode {
namespace {

// Whose section comes first in a stage's configuration, after that of all; empty if there is none.
std::string stage_of(const std::string& config) {
    const JsonTree tree = parse_json(config);
    const auto* sections = std::get_if<JsonTree::Members>(&tree.value());
    if (sections == nullptr) return {};
    const auto own = std::ranges::find_if(
        *sections, [](const auto& section) { return section.first != "common"; });
    return own == sections->end() ? "" : own->first;
}

// Empty if there is none.
std::string difference(const InputFile& file, const Recipe& recipe,
                       const std::set<std::string>& absent) {
    const Provenance& made = file.provenance();
    if (made.algorithm != recipe.algorithm) {
        return concat("version ", made.algorithm, " of the stage's algorithm (program ",
                      made.version, ", ", made.git_revision, "), not version ", recipe.algorithm);
    }
    if (made.config != recipe.config) {
        return "other settings: " + joined(differing_keys(made.config, recipe.config), ", ");
    }
    if (made.inputs.size() != recipe.inputs.size()) return "other inputs";
    for (const auto& [role, path] : recipe.inputs) {
        if (absent.contains(path)) continue;
        const auto recorded = std::ranges::find(made.inputs, role, &InputRecord::role);
        if (recorded == made.inputs.end() || recorded->content_hash != input_hash(path))
            return concat("another input '", role, "' (", path, ")");
    }
    return {};
}

}  // namespace

Staleness staleness(const std::string& path, const Recipe& recipe,
                    const std::set<std::string>& absent) {
    const std::optional<InputFile> present = open_own_file(path);
    if (!present) return {"it is damaged, or no file of these programs", true};
    const std::string maker = stage_of(present->provenance().config);
    const std::string stage = stage_of(recipe.config);
    if (!maker.empty() && !stage.empty() && maker != stage) {
        return {concat("it is another stage's (", maker,
                       "), as other settings have it there (run.folds, run.members)")};
    }
    const std::string found = difference(*present, recipe, absent);
    return {found.empty() ? "" : "it was made with " + found};
}

}  // namespace lacathode
