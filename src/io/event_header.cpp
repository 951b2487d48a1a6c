#include "io/event_header.hpp"

#include "lacathode/core/text.hpp"
#include "lacathode/io/shared_groups.hpp"

namespace lacathode::io::detail {
namespace {

std::vector<Column> read_features(const InputFile& file) {
    const auto names = file.children("/features");
    if (names.empty()) file.refuse("has no features");
    std::vector<Column> columns(names.size());
    for (const auto& name : names) {
        const std::string object = "/features/" + name;
        const auto index = file.int_attribute(object, "index");
        const bool known = index >= 0 && static_cast<std::size_t>(index) < columns.size();
        if (!known || !columns[static_cast<std::size_t>(index)].name.empty()) {
            file.refuse("feature '" + name + "' has index " + std::to_string(index) +
                        ", which is taken or not within 0 ... " +
                        std::to_string(columns.size() - 1));
        }
        columns[static_cast<std::size_t>(index)] = {name, file.string_attribute(object, "unit")};
    }
    return columns;
}

std::optional<Method> read_method(const InputFile& file) {
    const std::string name = file.string_attribute("/", "method");
    if (name.empty()) return std::nullopt;
    const std::optional<Method> method = find_method(name);
    if (!method) {
        file.refuse("attribute 'method' = '" + name + "' is none of " +
                    joined(method_names(), ", "));
    }
    return method;
}

EventHeader read_fields(const InputFile& file) {
    EventHeader header{
        .mass = {file.string_attribute("/mass", "name"), file.string_attribute("/mass", "unit")},
        .features = read_features(file),
        .signal_region = read_signal_region(file),
        .has_label = file.has("/label"),
        .has_mapped = file.has("/mapped"),
        .has_fold = file.has("/fold"),
        .has_weight = file.has("/weight"),
        .flow_hash = file.string_attribute("/", "flow_hash"),
        .flow_region = read_flow_region(file),
        .method = read_method(file),
        .counts = read_counts(file),
        .rows = 0};
    header.box = read_box(file, header.features.size());
    const Shape shape = file.shape("/mass");
    if (shape.size() != 1) file.refuse("'/mass' is not one-dimensional");
    header.rows = shape[0];
    return header;
}

void check_lengths(const InputFile& file, const EventHeader& header) {
    std::vector<std::string> names = {"/partition", "/source_row"};
    for (const auto& column : header.features) names.push_back("/features/" + column.name);
    if (header.has_label) names.emplace_back("/label");
    if (header.has_mapped) names.emplace_back("/mapped");
    if (header.has_fold) names.emplace_back("/fold");
    if (header.has_weight) names.emplace_back("/weight");
    if (file.format() == FileFormat::latent) names.emplace_back("/log_prob");
    for (const auto& name : names) {
        if (file.shape(name) == Shape{header.rows}) continue;
        file.refuse("'" + name + "' has not as many rows as '/mass' (" +
                    std::to_string(header.rows) + ")");
    }
    const bool one_score = header.features.size() == 1 && header.features[0].name == "score";
    if (file.format() == FileFormat::scores && !one_score) {
        file.refuse("a scores file has the one column 'score', this one has others");
    }
}

}  // namespace

EventHeader read_event_header(const InputFile& file) {
    EventHeader header = read_fields(file);
    check_lengths(file, header);
    return header;
}

}  // namespace lacathode::io::detail
