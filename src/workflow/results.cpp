#include "lacathode/workflow/results.hpp"

#include <algorithm>

#include "lacathode/core/text.hpp"
#include "lacathode/stages/metrics/headline_file.hpp"
#include "workflow/chain_layout.hpp"

namespace lacathode {
namespace {

std::string cell(const MethodResults& results, const std::string& name) {
    const auto found = std::ranges::find(results.quantities, name, &Quantity::name);
    return found == results.quantities.end() ? "-" : text_of(*found);
}

std::string padded(const std::string& text, std::size_t to) {
    return text.size() < to ? std::string(to - text.size(), ' ') + text : text;
}

// Every quantity of any method, in the order in which they appear.
std::vector<std::string> quantity_names(const std::vector<MethodResults>& results) {
    std::vector<std::string> names;
    for (const MethodResults& method : results) {
        for (const Quantity& quantity : method.quantities) {
            if (std::ranges::find(names, quantity.name) == names.end())
                names.push_back(quantity.name);
        }
    }
    return names;
}

}  // namespace

std::vector<MethodResults> read_results(const std::string& directory, const RunConfig& run) {
    std::vector<std::string> kinds;
    if (run.sic) kinds.emplace_back("sic");
    if (run.sculpting) kinds.emplace_back("sculpting");
    const ChainLayout layout{directory};
    std::vector<MethodResults> results;
    for (const Method method : run.methods) {
        MethodResults of_method{method_name(method), {}};
        for (const std::string& kind : kinds) {
            std::ranges::move(read_headline(layout.metrics(method, kind)),
                              std::back_inserter(of_method.quantities));
        }
        for (std::size_t i = 0; run.hunt && i < run.retrainings; ++i) {
            for (Quantity& found : read_headline(layout.hunt(method, i))) {
                if (run.retrainings > 1) found.name += "_of_" + two_digits(i);
                of_method.quantities.push_back(std::move(found));
            }
        }
        results.push_back(std::move(of_method));
    }
    return results;
}

std::vector<MethodResults> read_flow_checks(const std::string& directory, const RunConfig& run) {
    std::vector<MethodResults> results;
    for (const std::string& path : flow_checks(run, directory)) {
        const std::size_t number = results.size();
        const std::string fold =
            run.folds > 0 ? concat(fold_name(number / run.flows()), "_") : std::string();
        results.push_back(
            {concat(fold, "flow_", two_digits(number % run.flows())), read_headline(path)});
    }
    return results;
}

std::string results_table(const std::vector<MethodResults>& results) {
    const std::vector<std::string> names = quantity_names(results);
    std::vector<std::vector<std::string>> columns = {{""}};
    std::ranges::copy(names, std::back_inserter(columns.front()));
    for (const MethodResults& method : results) {
        columns.push_back({method.method});
        for (const std::string& name : names) columns.back().push_back(cell(method, name));
    }
    const auto width = [](const std::vector<std::string>& column) {
        return std::ranges::max(column, {}, &std::string::size).size();
    };
    std::string table;
    for (std::size_t line = 0; line <= names.size(); ++line) {
        const std::string& name = columns.front()[line];
        table += name + std::string(width(columns.front()) - name.size(), ' ');
        for (std::size_t i = 1; i < columns.size(); ++i) {
            table += "  " + padded(columns[i][line], width(columns[i]));
        }
        table += '\n';
    }
    return table;
}

}  // namespace lacathode
