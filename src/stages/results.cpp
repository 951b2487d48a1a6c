#include "lacathode/stages/results.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "lacathode/core/log.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/stats/band.hpp"

namespace lacathode {
namespace {

void add_sic(const std::string& path, Summary& summary) {
    const InputFile file(path, FileFormat::metrics);
    for (const char* name :
         {"max_median_sic", "sic_at_1e-2", "sic_at_1e-3", "initial_significance"}) {
        summary.emplace_back(name, file.double_attribute("/", name));
    }
}

void add_sculpting(const std::string& path, Summary& summary) {
    const InputFile file(path, FileFormat::metrics);
    const auto efficiencies = file.read<double>("/efficiency");
    const auto chi2 = file.read<double>("/chi2_per_dof/median");
    const auto null = file.read<double>("/null/mean");
    const Shape shape = file.shape("/p_value");
    const Band p_value =
        band_over_runs(Matrix<double>(shape.at(0), shape.at(1), file.read<double>("/p_value")));
    for (const double wanted : {0.01, 0.19}) {
        const auto nearest = std::ranges::min_element(
            efficiencies, {},
            [wanted](double efficiency) { return std::abs(efficiency - wanted); });
        const auto at = static_cast<std::size_t>(nearest - efficiencies.begin());
        summary.emplace_back(concat("chi2_per_dof_at_", *nearest), chi2[at]);
        summary.emplace_back(concat("random_selection_at_", *nearest), null[at]);
        summary.emplace_back(concat("p_value_at_", *nearest), p_value.median[at]);
    }
}

std::string cell(const Summary& summary, const std::string& name) {
    const auto found = std::ranges::find(summary, name, &Summary::value_type::first);
    if (found == summary.end()) return "-";
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", std::get<double>(found->second));
    return text;
}

}  // namespace

std::vector<std::pair<std::string, Summary>> read_results(const std::string& directory,
                                                          const std::vector<std::string>& methods) {
    std::vector<std::pair<std::string, Summary>> results;
    for (const std::string& method : methods) {
        Summary summary;
        const std::string base = directory + "/" + method;
        if (std::filesystem::exists(base + "/sic.h5")) add_sic(base + "/sic.h5", summary);
        if (std::filesystem::exists(base + "/sculpting.h5"))
            add_sculpting(base + "/sculpting.h5", summary);
        results.emplace_back(method, std::move(summary));
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
