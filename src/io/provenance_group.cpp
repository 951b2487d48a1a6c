#include "io/provenance_group.hpp"

#include <map>
#include <optional>

#include "io/hdf5_attributes.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode::io::detail {
namespace {

constexpr const char* group_name = "/provenance";
constexpr const char* inputs_name = "/provenance/inputs";
constexpr const char* origins_name = "/provenance/origins";

template <class T>
std::optional<T> optional(hid_t group, const std::string& name) {
    const auto value = read_attribute(group, name);
    if (!value) return std::nullopt;
    if (std::holds_alternative<T>(*value)) return std::get<T>(*value);
    throw Hdf5Error("attribute '" + name + "' of /provenance has a wrong type");
}

template <class T>
T required(hid_t group, const std::string& name) {
    auto value = optional<T>(group, name);
    if (!value) throw Hdf5Error("attribute '" + name + "' of /provenance is missing");
    return *std::move(value);
}

Handle open_group(hid_t file, const std::string& name) {
    if (!link_exists(file, name)) throw Hdf5Error("group " + name + " is missing");
    return own(H5Gopen2(file, name.c_str(), H5P_DEFAULT), H5Gclose, "open " + name);
}

void write_inputs(hid_t file, const std::vector<InputRecord>& inputs) {
    const Handle group = open_or_create_group(file, inputs_name);
    std::map<std::string, int> seen;
    for (const auto& input : inputs) {
        const int number = ++seen[input.role];
        const std::string name =
            number == 1 ? input.role : input.role + "_" + std::to_string(number);
        write_attribute(group.get(), name, input.path + " " + input.content_hash);
    }
}

std::string origin_name(std::size_t number) {
    return std::string(origins_name) + "/" + two_digits(number);
}

void write_origins(hid_t file, const EventOrigins& origins) {
    for (std::size_t i = 0; i < origins.size(); ++i) {
        const Handle group = open_or_create_group(file, origin_name(i));
        write_attribute(group.get(), "events_hash", origins[i].events_hash);
        write_attribute(group.get(), "sources", joined(origins[i].sources));
    }
}

EventOrigins read_origins(hid_t file, const std::string& own_hash) {
    EventOrigins origins;
    while (link_exists(file, origin_name(origins.size()))) {
        const Handle group = open_group(file, origin_name(origins.size()));
        EventOrigin origin{
            .events_hash = required<std::string>(group.get(), "events_hash"),
            .sources = split_at_commas(required<std::string>(group.get(), "sources"))};
        if (origin.events_hash.empty()) origin.events_hash = own_hash;
        origins.push_back(std::move(origin));
    }
    return origins;
}

InputRecord parse_input(const std::string& role, const std::string& text) {
    const auto space = text.rfind(' ');
    if (space == std::string::npos) return {role, text, ""};
    return {role, text.substr(0, space), text.substr(space + 1)};
}

}  // namespace

void write_provenance(hid_t file, const Provenance& provenance) {
    const Handle group = open_or_create_group(file, group_name);
    write_attribute(group.get(), "program", provenance.program);
    write_attribute(group.get(), "version", provenance.version);
    write_attribute(group.get(), "git_revision", provenance.git_revision);
    write_attribute(group.get(), "algorithm", provenance.algorithm);
    write_attribute(group.get(), "command_line", provenance.command_line);
    write_attribute(group.get(), "config", provenance.config);
    write_attribute(group.get(), "seed", provenance.seed);
    write_attribute(group.get(), "host", provenance.host);
    if (!provenance.networks.empty()) {
        write_attribute(group.get(), "networks", provenance.networks);
    }
    write_attribute(group.get(), "content_hash", provenance.content_hash);
    write_inputs(file, provenance.inputs);
    write_origins(file, provenance.origins);
}

Provenance read_provenance(hid_t file) {
    const Handle group = open_group(file, group_name);
    Provenance provenance;
    provenance.program = required<std::string>(group.get(), "program");
    provenance.version = required<std::string>(group.get(), "version");
    provenance.git_revision = required<std::string>(group.get(), "git_revision");
    provenance.algorithm = optional<std::int64_t>(group.get(), "algorithm").value_or(0);
    provenance.command_line = required<std::string>(group.get(), "command_line");
    provenance.config = required<std::string>(group.get(), "config");
    provenance.seed = required<std::uint64_t>(group.get(), "seed");
    provenance.host = required<std::string>(group.get(), "host");
    provenance.networks = optional<std::string>(group.get(), "networks").value_or("");
    provenance.content_hash = required<std::string>(group.get(), "content_hash");
    const Handle inputs = open_group(file, inputs_name);
    for (const auto& role : attribute_names(inputs.get())) {
        provenance.inputs.push_back(parse_input(role, required<std::string>(inputs.get(), role)));
    }
    provenance.origins = read_origins(file, provenance.content_hash);
    return provenance;
}

}  // namespace lacathode::io::detail
