#include "lacathode/workflow/results.hpp"

#include <algorithm>
#include <cstdio>

#include "lacathode/core/text.hpp"
#include "lacathode/stages/support/metrics_file.hpp"

namespace lacathode {
namespace {

std::string cell(const Summary& summary, const std::string& name) {
    const auto found = std::ranges::find(summary, name, &Summary::value_type::first);
    if (found == summary.end()) return "-";
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", std::get<double>(found->second));
    return text;
}

}  // namespace

std::vector<std::pair<std::string, Summary>> read_results(const std::string& directory,
                                                          const RunConfig& run) {
    std::vector<std::string> kinds;
    if (run.sic) kinds.emplace_back("sic");
    if (run.sculpting) kinds.emplace_back("sculpting");
    std::vector<std::pair<std::string, Summary>> results;
    for (const Method method : run.methods) {
        Summary summary;
        for (const std::string& kind : kinds) {
            for (Quantity& quantity :
                 read_headline(concat(directory, "/", method_name(method), "/", kind, ".h5"))) {
                summary.emplace_back(std::move(quantity.name), quantity.value);
            }
        }
        results.emplace_back(method_name(method), std::move(summary));
    }
    return results;
}

std::string results_table(const std::vector<std::pair<std::string, Summary>>& results) {
    std::vector<std::string> names;
    for (const auto& [method, summary] : results) {
        for (const auto& [name, value] : summary) {
            if (std::ranges::find(names, name) == names.end()) names.push_back(name);
        }
    }
    std::size_t width = 0;
    for (const std::string& name : names) width = std::max(width, name.size());
    const auto padded = [](const std::string& text, std::size_t to) {
        return text.size() < to ? std::string(to - text.size(), ' ') + text : text;
    };
    std::string table(width, ' ');
    for (const auto& [method, summary] : results) table += padded(method, 12);
    table += '\n';
    for (const std::string& name : names) {
        table += name + std::string(width - name.size(), ' ');
        for (const auto& [method, summary] : results) table += padded(cell(summary, name), 12);
        table += '\n';
    }
    return table;
}

}  // namespace lacathode
