#include "stages/prepare/input_columns.hpp"

#include <algorithm>
#include <map>

#include "lacathode/core/problems.hpp"
#include "lacathode/physics/dijet_features.hpp"

namespace lacathode {
namespace {

constexpr const char* lhco_label = "label";

bool holds(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

// Without weight and truth, as the configuration calls them.
std::vector<std::string> own_names(const Prepare::Config& config) {
    if (config.format == InputFormat::lhco) {
        const auto names = lhco_columns();
        return {names.begin(), names.end()};
    }
    std::vector<std::string> names = {config.mass_column};
    names.insert(names.end(), config.features.begin(), config.features.end());
    return names;
}

std::string in_the_input(const Prepare::Config& config, const std::string& name) {
    const auto mapped = config.columns.find(name);
    return mapped == config.columns.end() ? name : mapped->second;
}

// The truth column as the configuration calls it; empty if there may be none.
std::string own_label(const Prepare::Config& config) {
    if (!config.label_column.empty()) return config.label_column;
    return config.format == InputFormat::lhco ? lhco_label : "";
}

bool label_is_optional(const Prepare::Config& config) {
    return config.label_column.empty() && !config.columns.contains(lhco_label);
}

}  // namespace

InputColumns input_columns(const Prepare::Config& config, const std::vector<std::string>& present,
                           Presence truth) {
    InputColumns columns;
    for (const std::string& name : own_names(config))
        columns.names.push_back(in_the_input(config, name));
    columns.measured = columns.names.size();
    columns.weighted = !config.weight_column.empty();
    if (columns.weighted) columns.names.push_back(in_the_input(config, config.weight_column));
    const std::string label = in_the_input(config, own_label(config));
    const bool may_lack_label = truth == Presence::optional || label_is_optional(config);
    columns.labelled = !label.empty() && (!may_lack_label || holds(present, label));
    if (columns.labelled) columns.names.push_back(label);
    return columns;
}

std::vector<std::string> column_problems(const Prepare::Config& config) {
    std::vector<std::string> names = own_names(config);
    Problems found;
    if (const std::string label = own_label(config); !label.empty()) {
        found.unless(!holds(names, label), "prepare.label_column = ", label,
                     " is read as mass or feature too; the truth is none of them");
        names.push_back(label);
    }
    found.unless(config.weight_column.empty() || !holds(names, config.weight_column),
                 "prepare.weight_column = ", config.weight_column,
                 " is read as mass, feature or truth too; a weight is none of "
                 "them");
    if (!config.weight_column.empty()) names.push_back(config.weight_column);
    for (const auto& [name, column] : config.columns) {
        found.unless(holds(names, name), "prepare.columns names '", name,
                     "', which is none of the columns that are read: ", joined(names, ", "));
        found.unless(!column.empty(), "prepare.columns.", name, " is empty; name a column");
    }
    std::map<std::string, std::string> names_of_columns;
    for (const std::string& name : names) {
        const std::string column = in_the_input(config, name);
        const auto [other, first] = names_of_columns.emplace(column, name);
        found.unless(first || other->second == name || config.columns.empty(), "prepare.columns: '",
                     other->second, "' and '", name, "' both are the column '", column, "'");
    }
    return found.take();
}

}  // namespace lacathode
