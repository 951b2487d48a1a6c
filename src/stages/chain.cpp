#include "lacathode/stages/chain.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "chain_plan.hpp"
#include "chain_steps.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/io/thread_safety.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/prepare.hpp"

namespace lacathode {
namespace {

using NamedSummaries = std::vector<std::pair<std::string, Summary>>;

// All retrainings of a method, side by side when there are several.
NamedSummaries run_trainings(const MethodPlan& plan, const StageContext& context) {
    const std::size_t runs = plan.trainings.size();
    std::vector<NamedSummaries> results(runs);
    const auto train_and_score = [&](std::size_t run, const StageContext& c) {
        for (const Step& step : plan.trainings[run])
            results[run].emplace_back(step.name, run_step(step, c));
    };
    // Trainings read and write files of their own; without a thread-safe HDF5 they go one by one.
    const int threads = io_is_thread_safe() ? context.common.execution().threads : 1;
    StageContext single = context;
    single.common.threads = 1;
    parallel_blocks(runs, 1, threads, [&](std::size_t run, std::size_t) {
        if (runs == 1) return train_and_score(run, context);
        const MutedProgress muted;
        train_and_score(run, single);
    });
    NamedSummaries all;
    for (NamedSummaries& result : results) std::ranges::move(result, std::back_inserter(all));
    return all;
}

// Found out after hours of training otherwise.
void require_labels_for_sic(const ChainConfig& config, const std::string& events) {
    if (!config.run.sic || EventReader(events, EventKind::events).header().has_label) return;
    throw InputError(
        config.prepare.input +
        " has no truth labels, which the significance improvement needs: set run.sic to false, or "
        "name prepare.label_column");
}

void make_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) throw OutputError("cannot create directory '" + path + "': " + error.message());
}

}  // namespace

std::vector<Section> sections(ChainConfig& config) {
    return {
        section(config.run),    section(config.prepare),      section(config.train_flow),
        section(config.sample), section(config.encode),       section(config.train_classifier),
        section(config.score),  section(config.evaluate_sic), section(config.evaluate_sculpting)};
}

std::vector<std::string> problems(const ChainConfig& config) {
    std::vector<std::string> all;
    const auto add = [&all](const std::vector<std::string>& some) {
        all.insert(all.end(), some.begin(), some.end());
    };
    add(problems(config.run));
    add(problems_with_input(config.prepare));
    add(problems(config.train_flow));
    add(problems(config.sample));
    add(problems(config.encode));
    add(problems(config.train_classifier));
    add(problems(config.score));
    add(problems(config.evaluate_sic));
    add(problems(config.evaluate_sculpting));
    if (config.sample.states > config.train_flow.training.keep_best) {
        all.push_back(
            concat("sample.states = ", config.sample.states,
                   " exceeds train_flow.keep_best = ", config.train_flow.training.keep_best));
    }
    return all;
}

NamedSummaries run_chain(const ChainConfig& config, const StageContext& context,
                         const std::string& directory) {
    require_no_problems(problems(config));
    check_execution(context.common.execution());
    const ChainPlan plan = plan_chain(config, context, directory);
    require_no_stale_outputs(all_steps(plan), context);
    NamedSummaries all;
    const auto run = [&](const Step& step) {
        all.emplace_back(step.name, run_step(step, context));
    };
    make_directory(directory);
    run(plan.prepare);
    require_labels_for_sic(config, plan.prepare.output);
    run(plan.train_flow);
    for (const MethodPlan& method : plan.methods) {
        make_directory(method.directory);
        std::ranges::for_each(method.inputs, run);
        std::ranges::move(run_trainings(method, context), std::back_inserter(all));
        std::ranges::for_each(method.evaluations, run);
    }
    return all;
}

}  // namespace lacathode
