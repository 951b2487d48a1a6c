#include "lacathode/stages/frame/job.hpp"

#include <algorithm>
#include <filesystem>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/file_hash.hpp"
#include "lacathode/stages/frame/recipe.hpp"

namespace lacathode {

Job::Job(const StageContext& context, std::string config, int algorithm, std::string output)
    : context_(context),
      config_(std::move(config)),
      algorithm_(algorithm),
      output_(std::move(output)) {
    check_output(output_, context_.overwrite);
}

Execution Job::execution() const {
    Execution execution = context_.common.execution();
    check_execution(execution);
    return execution;
}

int Job::threads() const {
    return context_.common.choice().execution.threads;
}

RandomStream Job::stream(std::string_view name) const {
    return {context_.common.seed, name};
}

void Job::made_from(InputRecord input) {
    inputs_.push_back(std::move(input));
}

void Job::goes_back_to(EventOrigins origins) {
    origins_ = std::move(origins);
}

void Job::goes_back_to_itself(std::vector<std::string> sources) {
    origins_ = {{.events_hash = {}, .sources = std::move(sources)}};
}

void Job::goes_back_to_itself(const EventOrigins& of_inputs) {
    std::vector<std::string> sources;
    const auto add = [&](const std::string& source) {
        if (std::ranges::find(sources, source) == sources.end()) sources.push_back(source);
    };
    for (const InputRecord& input : inputs_) add(input.content_hash);
    for (const EventOrigin& origin : of_inputs) std::ranges::for_each(origin.sources, add);
    goes_back_to_itself(std::move(sources));
}

void Job::computed_on(const Execution& execution) {
    networks_ = network_implementation(execution);
}

TrainingKeeper& Job::training_keeper() {
    training_file_ = std::make_unique<TrainingFile>(output_, provenance(), save_interval());
    return *training_file_;
}

TrainingFile Job::training_file(std::span<const Job* const> together) {
    // Another set of trainings has another state.
    std::string identities;
    for (const Job* one : together) identities += training_identity(one->provenance());
    const Job& first = *together.front();
    Provenance maker = first.provenance();
    maker.config += concat(" of ", together.size(), " trainings ", text_hash(identities));
    return {first.output_, std::move(maker), first.save_interval()};
}

std::chrono::duration<double> Job::save_interval() const {
    return std::chrono::duration<double>(60 * context_.common.save_minutes);
}

void Job::report(std::string name, SummaryValue value) {
    reported_.emplace_back(std::move(name), std::move(value));
}

void Job::report(const Counts& counts) {
    for (const auto& [name, value] : counts) report(name, value);
}

void Job::report(const Summary& summary) {
    reported_.insert(reported_.end(), summary.begin(), summary.end());
}

Provenance Job::provenance() const {
    return {.program = context_.program,
            .version = library_version(),
            .git_revision = library_git_revision(),
            .algorithm = algorithm_,
            .command_line = context_.command_line,
            .config = config_,
            .seed = context_.common.seed,
            .host = host_name(),
            .networks = networks_,
            .inputs = inputs_,
            .origins = origins_,
            .content_hash = {}};
}

bool Job::is_made_by_another() {
    std::error_code unknown;
    if (overwrite() == Overwrite::allow || !std::filesystem::exists(output_, unknown)) return false;
    Recipe recipe{.algorithm = algorithm_, .config = config_, .inputs = {}};
    for (const InputRecord& input : inputs_) recipe.inputs.push_back({input.role, input.path});
    if (!staleness(output_, recipe).reason.empty()) return false;
    log_info(output_ + " was made by another process in the meantime: it stays");
    content_hash_ = InputFile(output_, all_formats(), Verify::no).content_hash();
    if (training_file_) training_file_->discard();
    return true;
}

Summary Job::summary() const {
    expects(!content_hash_.empty(), "the stage committed its output");
    Summary summary = {{"output", output_}};
    summary.insert(summary.end(), reported_.begin(), reported_.end());
    summary.emplace_back("content_hash", content_hash_);
    return summary;
}

}  // namespace lacathode
