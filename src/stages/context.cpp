#include "lacathode/stages/context.hpp"

namespace lacathode {

std::string effective_config(const StageContext& context, Section stage) {
    CommonConfig common = context.common;
    Section shared = section(common);
    std::erase_if(shared.fields, [](const Field& field) { return field.key == "threads"; });
    const std::vector<Section> sections = {std::move(shared), std::move(stage)};
    return to_json(sections, -1);
}

Provenance make_provenance(const StageContext& context, const std::string& config,
                           std::vector<InputRecord> inputs) {
    return {.program = context.program,
            .version = library_version(),
            .git_revision = library_git_revision(),
            .command_line = context.command_line,
            .config = config,
            .seed = context.common.seed,
            .host = host_name(),
            .inputs = std::move(inputs),
            .content_hash = {}};
}

RandomStream stream(const StageContext& context, std::string_view name) {
    return {context.common.seed, name};
}

}  // namespace lacathode
