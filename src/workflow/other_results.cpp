#include "workflow/other_results.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <string_view>
#include <system_error>

#include "lacathode/core/log.hpp"
#include "lacathode/core/method.hpp"
#include "lacathode/core/text.hpp"
#include "workflow/chain_layout.hpp"

namespace lacathode {
namespace {

// What lies in a folder, sorted; nothing if it cannot be read.
std::vector<std::string> names_in(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code unknown;
    std::filesystem::directory_iterator entry(folder, unknown);
    for (; !unknown && entry != std::filesystem::directory_iterator(); entry.increment(unknown))
        names.push_back(entry->path().filename());
    std::ranges::sort(names);
    return names;
}

// PREFIX and a number: what somebody has given another name is out of the way.
bool is_numbered(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix) || name.size() == prefix.size()) return false;
    return std::ranges::all_of(name.substr(prefix.size()),
                               [](char c) { return c >= '0' && c <= '9'; });
}

bool is_result(std::string_view name) {
    constexpr std::string_view ending = ".h5";
    if (!name.ends_with(ending)) return false;
    name.remove_suffix(ending.size());
    return name == "sic" || name == "sculpting" || is_numbered(name, "hunt_") ||
           is_numbered(name, "scores_");
}

std::vector<std::string> other_folds(const RunConfig& config, const std::string& directory) {
    std::set<std::string> own;
    for (std::size_t fold = 0; fold < config.folds; ++fold) own.insert(fold_name(fold));
    std::vector<std::string> others;
    for (const std::string& name : names_in(directory))
        if (is_numbered(name, "fold_") && !own.contains(name)) others.push_back(name);
    return others;
}

}  // namespace

std::vector<std::string> other_results(const RunConfig& config, std::span<const Step> steps,
                                       const std::string& directory) {
    std::set<std::string> made;
    for (const Step& step : steps) made.insert(step.output);
    std::vector<std::string> others;
    for (const std::string& method : method_names()) {
        for (const std::string& name : names_in(concat(directory, '/', method))) {
            const std::string path = concat(method, '/', name);
            if (is_result(name) && !made.contains(concat(directory, '/', path)))
                others.push_back(path);
        }
    }
    std::ranges::move(other_folds(config, directory), std::back_inserter(others));
    return others;
}

void warn_of_other_results(const RunConfig& config, std::span<const Step> steps,
                           const std::string& directory) {
    const std::vector<std::string> others = other_results(config, steps, directory);
    if (others.empty()) return;
    log_warning(concat(directory,
                       ": results of other settings lie there too, and pictures and reports show "
                       "them: ",
                       joined(others, ", "), "; move them away"));
}

}  // namespace lacathode
