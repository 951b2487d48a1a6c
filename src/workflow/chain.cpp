#include "lacathode/workflow/chain.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/io/thread_safety.hpp"
#include "workflow/chain_plan.hpp"
#include "workflow/chain_steps.hpp"

namespace lacathode {
namespace {

using NamedSummaries = std::vector<std::pair<std::string, Summary>>;

// All retrainings of a method, side by side when there are several.
NamedSummaries run_trainings(const MethodPlan& plan, const StageContext& context) {
    const std::size_t retrainings = plan.trainings.size();
    std::vector<NamedSummaries> results(retrainings);
    const auto train_and_score = [&](std::size_t i, const StageContext& c) {
        for (const Step& step : plan.trainings[i])
            results[i].emplace_back(step.name, run_step(step, c));
    };
    // Trainings read and write files of their own; without a thread-safe HDF5 they go one by one.
    const int threads = io_is_thread_safe() ? context.common.execution().threads : 1;
    StageContext single = context;
    single.common.threads = 1;
    parallel_blocks(retrainings, 1, threads, [&](std::size_t i, std::size_t) {
        if (retrainings == 1) return train_and_score(i, context);
        const MutedProgress muted;
        train_and_score(i, single);
    });
    NamedSummaries all;
    for (NamedSummaries& result : results) std::ranges::move(result, std::back_inserter(all));
    return all;
}

// Found out after hours of training otherwise.
void require_labels_for_sic(const ChainConfig& config, const std::string& events) {
    if (!config.run.sic || EventReader(events, EventKind::events).header().has_label) return;
    throw InputError(
        config.stages.of<Prepare>().input +
        " has no truth labels, which the significance improvement needs: set run.sic to false, or "
        "name prepare.label_column");
}

void make_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) throw OutputError("cannot create directory '" + path + "': " + error.message());
}

}  // namespace

Section section(RunConfig& c) {
    return {
        "run",
        {{"methods", "", "Methods to compare.", choices(c.methods, method_names())},
         {"retrainings", "", "Independent classifier trainings a method, for medians and bands.",
          &c.retrainings, Range::within(1, 100), "runs"},
         {"sic", "", "Evaluate significance improvement (needs labels).", &c.sic},
         {"sculpting", "", "Evaluate background sculpting.", &c.sculpting}}};
}

std::vector<std::string> problems(const RunConfig& config) {
    RunConfig c = config;
    Problems found;
    found.add(range_problems(section(c)));
    found.unless(!c.methods.empty(),
                 "run.methods is empty; choose from: ", joined(method_names(), ", "));
    found.unless(std::set(c.methods.begin(), c.methods.end()).size() == c.methods.size(),
                 "run.methods names a method twice");
    return found.take();
}

std::vector<Section> sections(ChainConfig& config) {
    std::vector<Section> all = {section(config.run)};
    for (Section& one : config.stages.sections()) all.push_back(std::move(one));
    return all;
}

std::vector<std::string> problems(const ChainConfig& config) {
    const std::size_t checkpoints = config.stages.of<Sample>().checkpoints;
    const std::size_t kept = config.stages.of<TrainFlow>().training.keep_best;
    Problems found;
    found.add(problems(config.run));
    found.add(config.stages.problems());
    found.unless(checkpoints <= kept, "sample.checkpoints = ", checkpoints,
                 " exceeds train_flow.keep_best = ", kept);
    const TrainClassifier::Config& classifier = config.stages.of<TrainClassifier>();
    found.unless(classifier.model != ClassifierKind::trees || classifier.trees.subsample < 1 ||
                     config.run.retrainings <= 1,
                 "train_classifier.tree_subsample = 1 makes the ", config.run.retrainings,
                 " trainings of run.retrainings equal; use a fraction below 1");
    return found.take();
}

NamedSummaries run_chain(const ChainConfig& config, const StageContext& context,
                         const std::string& directory) {
    require_no_problems("configuration", problems(config));
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
