#include "file_report.hpp"

#include <algorithm>

#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

// Lines "  NAME  VALUE" below a heading; nothing without lines.
std::string block(const std::string& heading, const Summary& lines) {
    if (lines.empty()) return "";
    std::string text = "\n" + heading + "\n";
    std::string rest = to_text(lines);
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n') + 1;
        text += "  " + rest.substr(0, end);
        rest.erase(0, end);
    }
    return text;
}

Summary lines_of(const Attributes& attributes) {
    Summary lines;
    for (const auto& [name, value] : attributes) {
        lines.emplace_back(name, std::visit([](const auto& v) { return concat(v); }, value));
    }
    return lines;
}

Summary lines_of(const std::vector<Column>& columns) {
    Summary lines;
    for (const auto& [name, unit] : columns) lines.emplace_back(name, "[" + unit + "]");
    return lines;
}

Summary lines_of(const Counts& counts) {
    return {counts.begin(), counts.end()};
}

// Those that no attribute says already.
Summary further(const Summary& results, const Attributes& attributes) {
    Summary lines = results;
    std::erase_if(lines, [&](const auto& line) {
        return std::ranges::find(attributes, line.first, &Attribute::name) != attributes.end();
    });
    return lines;
}

std::string text_of(const std::vector<TracedInput>& inputs, const std::string& indent) {
    std::string text;
    for (const TracedInput& input : inputs) {
        text += concat(indent, input.record.role, ": ", input.record.path, " (",
                       input.format.empty() ? "" : input.format + ", ", state_name(input.state),
                       input.is_above ? ", see above" : "", ")\n");
        text += text_of(input.inputs, indent + "  ");
    }
    return text;
}

JsonTree tree_of(const std::vector<TracedInput>& inputs) {
    JsonTree::Items items;
    for (const TracedInput& input : inputs) {
        JsonTree tree;
        tree["role"] = input.record.role;
        tree["path"] = input.record.path;
        tree["content_hash"] = input.record.content_hash;
        tree["state"] = state_name(input.state);
        tree["format"] = input.format;
        if (!input.is_above) tree["inputs"] = tree_of(input.inputs);
        items.push_back(std::move(tree));
    }
    return items;
}

JsonTree tree_of(const Attributes& attributes) {
    JsonTree tree;
    for (const auto& [name, value] : attributes) {
        tree[name] = std::visit([](const auto& v) { return JsonTree(v); }, value);
    }
    return tree;
}

JsonTree tree_of(const std::vector<Column>& columns) {
    JsonTree::Items items;
    for (const auto& [name, unit] : columns) {
        JsonTree tree;
        tree["name"] = name;
        tree["unit"] = unit;
        items.push_back(std::move(tree));
    }
    return items;
}

JsonTree tree_of(const Provenance& provenance) {
    JsonTree tree;
    tree["program"] = provenance.program;
    tree["version"] = provenance.version;
    tree["git_revision"] = provenance.git_revision;
    tree["command_line"] = provenance.command_line;
    tree["seed"] = provenance.seed;
    tree["host"] = provenance.host;
    tree["config"] = parse_json(provenance.config);
    return tree;
}

}  // namespace

std::string report_text(const std::string& path, const FileDescription& file) {
    const Provenance& made = file.provenance;
    std::string text = concat(path, ": ", file.format, ", version ", file.version);
    if (file.rows) text += concat(", ", *file.rows, " rows");
    text += concat("\n", file.is_sealed ? "seal and content hash" : "no seal; content hash",
                   " verified: ", made.content_hash, "\n");
    text += block("attributes", lines_of(file.attributes));
    text += block("columns", lines_of(file.columns));
    text += block("counts", lines_of(file.counts));
    text += block("results", further(file.results, file.attributes));
    text += concat("\nmade by ", made.program, " ", made.version, " (", made.git_revision, ") on ",
                   made.host, ", seed ", made.seed, "\n  ", made.command_line, "\n");
    if (!file.inputs.empty()) text += "\nmade from\n" + text_of(file.inputs, "  ");
    return text;
}

JsonTree report_tree(const std::string& path, const FileDescription& file) {
    JsonTree tree;
    tree["path"] = path;
    tree["format"] = file.format;
    tree["format_version"] = file.version;
    tree["sealed"] = file.is_sealed;
    tree["content_hash"] = file.provenance.content_hash;
    if (file.rows) tree["rows"] = *file.rows;
    tree["attributes"] = tree_of(file.attributes);
    tree["columns"] = tree_of(file.columns);
    tree["counts"] = lines_of(file.counts);
    tree["results"] = file.results;
    tree["provenance"] = tree_of(file.provenance);
    tree["inputs"] = tree_of(file.inputs);
    return tree;
}

std::string report_text(const std::string& path, const std::vector<TableDescription>& tables) {
    std::string text = concat(path, ": no file of these programs\n");
    for (const TableDescription& table : tables) {
        text += concat("\n", table.layout, ": ", table.rows, " rows\n");
        for (const std::string& column : table.columns) text += "  " + column + "\n";
    }
    return text;
}

JsonTree report_tree(const std::string& path, const std::vector<TableDescription>& tables) {
    JsonTree::Items items;
    for (const TableDescription& table : tables) {
        JsonTree tree;
        tree["layout"] = table.layout;
        tree["rows"] = table.rows;
        tree["columns"] = JsonTree::Items(table.columns.begin(), table.columns.end());
        items.push_back(std::move(tree));
    }
    JsonTree tree;
    tree["path"] = path;
    tree["tables"] = items;
    return tree;
}

}  // namespace lacathode
