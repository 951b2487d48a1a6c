#include "chain_steps.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/io/file_hash.hpp"
#include "lacathode/io/input_file.hpp"

namespace lacathode {
namespace {

const std::vector<FileFormat> own_formats = {FileFormat::events,     FileFormat::latent,
                                             FileFormat::scores,     FileFormat::flow,
                                             FileFormat::classifier, FileFormat::metrics};

// The project's file at `path`, if it is one and whole.
std::optional<InputFile> open_own(const std::string& path) {
    try {
        return InputFile(path, own_formats);
    } catch (const InputError&) {
        return std::nullopt;
    }
}

std::string hash_of(const std::string& path) {
    const std::optional<InputFile> own = open_own(path);
    return own ? own->content_hash() : file_hash(path);
}

// Why the file cannot stand for the step's result; empty if it can.
std::string difference(const InputFile& file, const Step& step) {
    const Provenance& made = file.provenance();
    if (made.version != library_version()) return "version " + made.version + " of the program";
    if (made.config != step.config) return "other settings";
    if (made.inputs.size() != step.inputs.size()) return "other inputs";
    for (const auto& [role, path] : step.inputs) {
        const auto recorded = std::ranges::find(made.inputs, role, &InputRecord::role);
        if (recorded == made.inputs.end() || recorded->content_hash != hash_of(path))
            return "another input '" + role + "'";
    }
    return {};
}

}  // namespace

Summary run_step(const Step& step, const StageContext& context) {
    if (std::filesystem::exists(step.output)) {
        const std::optional<InputFile> present = open_own(step.output);
        const std::string reason =
            present ? difference(*present, step) : "something else or damaged it";
        if (reason.empty()) {
            log_info(concat(step.name, ": ", step.output, " is up to date"));
            return {{"output", step.output},
                    {"status", std::string("up to date")},
                    {"content_hash", present->content_hash()}};
        }
        if (context.overwrite == Overwrite::forbid) {
            throw UsageError(concat(step.output, " is there already, made with ", reason,
                                    ": pass --force to make it again, or choose another --out"));
        }
        log_info(
            concat(step.name, ": ", step.output, " was made with ", reason, "; making it again"));
    } else {
        log_info(concat(step.name, " -> ", step.output));
    }
    return step.run(context);
}

}  // namespace lacathode
