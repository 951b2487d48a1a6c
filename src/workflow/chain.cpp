#include "lacathode/workflow/chain.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/support/headline_file.hpp"
#include "workflow/chain_checks.hpp"
#include "workflow/chain_layout.hpp"
#include "workflow/chain_plan.hpp"
#include "workflow/directories.hpp"
#include "workflow/job_list.hpp"
#include "workflow/outdated_steps.hpp"
#include "workflow/run_steps.hpp"

namespace lacathode {
namespace {

// All steps, when all that can be checked without events is.
std::vector<Step> checked_steps(const ChainConfig& config, const StageContext& context,
                                const std::string& directory) {
    require_no_problems("configuration", problems(config));
    check_execution(context.common.execution());
    return plan_chain(config, context, directory).steps;
}

void make_directories_of(const std::vector<Step>& steps) {
    std::set<std::string> directories;
    for (const Step& step : steps)
        directories.insert(std::filesystem::path(step.output).parent_path());
    std::ranges::for_each(directories, make_directories);
}

void require_enough_events(const ChainConfig& config, const std::string& events) {
    const std::vector<std::string> lacks = events_lack(config, events);
    if (lacks.empty()) return;
    throw InputError(concat(events, " (of ", config.stages.of<Prepare>().input.text(),
                            ") lacks events:\n  ", joined(lacks, "\n  ")));
}

// Of the events that are made first, if they are among the outputs of these steps.
void require_enough_events(const ChainConfig& config, const std::vector<Step>& steps) {
    for (const std::string& events : first_events(steps)) require_enough_events(config, events);
}

bool any_method(const ChainConfig& config, bool (*holds)(const MethodInfo&)) {
    return std::ranges::any_of(config.run.methods,
                               [&](Method method) { return holds(info(method)); });
}

}  // namespace

Section section(RunConfig& c) {
    return {
        "run",
        {{"methods", "", "Methods to compare.", choices(c.methods, method_names())},
         {"retrainings", "", "Independent trainings a method, for medians and bands.",
          &c.retrainings, Range::within(1, most_retrainings), "runs"},
         {"retrain", "",
          "What each of them does anew: all (flow, encoding or sampling, classifier; as the papers "
          "do) or classifier (one flow serves all).",
          choice(c.retrain, {"all", "classifier"})},
         {"members", "",
          "Trainings whose scores are combined in each of them, by combine_scores.by.", &c.members,
          Range::within(1, most_retrainings)},
         {"member", "",
          "What each member does anew: classifier (all share the flow of the retraining) or all "
          "(flow, encoding or sampling, classifier).",
          choice(c.member, {"all", "classifier"})},
         {"models", "",
          "Models of the members' classifiers, in turn; empty: train_classifier.model for all.",
          choices(c.models, classifier_kinds())},
         {"folds", "",
          "Parts of the data, each of which is scored by a flow and classifiers of the others: "
          "every event counts as a test event. 0: the split of section prepare.",
          &c.folds, Range::within(0, most_folds)},
         {"reference", "events",
          "With folds: background events drawn for each, that no classifier trains on, by which "
          "scores become background efficiencies.",
          &c.reference, Range::count(100)},
         {"sic", "", "Evaluate significance improvement (needs labels).", &c.sic},
         {"sculpting", "", "Evaluate background sculpting.", &c.sculpting},
         {"score_background", "",
          "Score what stands for background in training too (background_scores_00.h5, ...).",
          &c.score_background},
         {"check_flow", "",
          "Check every flow of the sidebands (check_NN.h5); one that breaks a limit of check_flow "
          "fails the run at its end.",
          &c.check_flow},
         {"pseudo_data", "",
          "Run on pseudo-data of section pseudo_data, drawn with a flow of the input, instead of "
          "on "
          "the input.",
          &c.pseudo_data},
         {"hunt", "",
          "With folds: look for an excess in the signal region (hunt_00.h5), blinded until "
          "hunt.unblind.",
          &c.hunt}}};
}

std::vector<std::string> problems(const RunConfig& config) {
    RunConfig c = config;
    Problems found;
    found.add(range_problems(section(c)));
    found.unless(!c.methods.empty(),
                 "run.methods is empty; choose from: ", joined(method_names(), ", "));
    found.unless(std::set(c.methods.begin(), c.methods.end()).size() == c.methods.size(),
                 "run.methods names a method twice");
    found.unless(c.members == 1 || c.trainings() <= most_retrainings,
                 "run.retrainings = ", c.retrainings, " times run.members = ", c.members,
                 " are more than ", most_retrainings, " trainings");
    found.unless(c.members == 1 || c.member == Retrain::classifier || c.retrain == Retrain::all,
                 "run.member = all trains a flow for each member, but run.retrain = classifier has "
                 "one flow for all: choose one of them");
    found.unless(c.folds != 1, "run.folds = 1: give at least 2, or 0 for the split of prepare");
    found.unless(!c.hunt || c.folds > 1,
                 "run.hunt needs scores of all data by models that have not seen them, aligned by "
                 "their background efficiency: set run.folds");
    found.unless(c.models.size() <= c.members, "run.models names ", c.models.size(),
                 " models for run.members = ", c.members);
    return found.take();
}

std::vector<Section> sections(ChainConfig& config) {
    std::vector<Section> all = {section(config.run)};
    for (Section& one : config.stages.sections()) all.push_back(std::move(one));
    return all;
}

std::vector<std::string> problems(const ChainConfig& config) {
    const auto& stages = config.stages;
    const MafTrainingOptions& flow = stages.of<TrainFlow>().training;
    const std::size_t checkpoints = stages.of<Sample>().checkpoints;
    const std::size_t kept = kept_checkpoints(flow.keep_best, flow.epochs);
    const TrainClassifier::Config& classifier = stages.of<TrainClassifier>();
    Problems found;
    found.add(problems(config.run));
    found.add(stages.problems());
    found.unless(checkpoints <= kept, "sample.checkpoints = ", checkpoints,
                 " exceeds train_flow.keep_best = ", kept);
    const bool samples_features = any_method(
        config, [](const MethodInfo& method) { return method.background == Background::sampled; });
    found.unless(checkpoints == 1 || samples_features, "sample.checkpoints = ", checkpoints,
                 ", but no method of run.methods samples in feature space; leave it 1");
    const auto leave_out = [&](const char* section, std::size_t retraining) {
        found.unless(retraining == 0, section, ".retraining = ", retraining,
                     ": lacathode-run numbers the retrainings itself; leave it out, and say how "
                     "many in run.retrainings");
    };
    leave_out("train_flow", stages.of<TrainFlow>().retraining);
    leave_out("sample", stages.of<Sample>().retraining);
    found.unless(stages.of<Sample>().reference == 0,
                 "sample.reference: lacathode-run draws references by itself, of run.reference "
                 "events; leave it out");
    const SplitOptions& split = stages.of<Prepare>().split;
    found.unless(split.folds == 0 && split.fold == 0,
                 "prepare.folds and fold: lacathode-run numbers the folds itself; say how many in "
                 "run.folds");
    found.unless(stages.of<TrainFlow>().region == Region::sideband,
                 "train_flow.region = signal_region: lacathode-run trains such a flow by itself "
                 "for anode; leave it out");
    found.add(methods_miss(config));
    const bool trains_classifier = any_method(
        config, [](const MethodInfo& method) { return method.background != Background::density; });
    found.unless(
        trains_classifier || classifier.further_inputs.empty(),
        "train_classifier.further_inputs names inputs, but no method of run.methods trains "
        "a classifier; leave it out");
    leave_out("train_classifier", classifier.retraining);
    found.unless(trains_classifier || config.run.models.empty(),
                 "run.models names models, but no method of run.methods trains a classifier; leave "
                 "it out");
    found.add(members_miss(config));
    found.add(folds_miss(config));
    found.add(hunt_misses(config));
    found.add(pseudo_data_miss(config));
    return found.take();
}

NamedSummaries run_chain(const ChainConfig& config, const StageContext& context,
                         const std::string& directory) {
    const std::vector<Step> steps = checked_steps(config, context, directory);
    require_no_stale_outputs(steps, context);
    make_directories_of(steps);
    return run_steps(steps, context, [&](const Refusals& refused) {
        require_no_refusals(refused);
        require_enough_events(config, steps);
    });
}

std::vector<PlannedJob> chain_jobs(const ChainConfig& config, const StageContext& context,
                                   const std::string& directory, bool only_outstanding) {
    const std::vector<Step> steps = checked_steps(config, context, directory);
    return planned_jobs(steps, directory, context, only_outstanding);
}

void run_chain_jobs(const ChainConfig& config, const StageContext& context,
                    const std::string& directory, const JobSelection& jobs) {
    const std::vector<Step> steps = checked_steps(config, context, directory);
    const std::vector<Step> chosen = chosen_steps(steps, directory, jobs);
    make_directories_of(chosen);
    noting_failure(chosen, directory, [&] {
        run_steps(chosen, context, [&](const Refusals& refused) {
            require_no_refusals(refused);
            require_enough_events(config, chosen);
        });
    });
}

void require_chain_made(const ChainConfig& config, const StageContext& context,
                        const std::string& directory) {
    require_all_made(checked_steps(config, context, directory), directory);
}

std::vector<std::string> part_folders(const RunConfig& config, const std::string& directory) {
    if (config.folds == 0) return {directory};
    std::vector<std::string> folders;
    for (std::size_t fold = 0; fold < config.folds; ++fold)
        folders.push_back(concat(directory, "/fold_", fold));
    return folders;
}

std::vector<std::string> flow_checks(const RunConfig& config, const std::string& directory) {
    const bool any_flow = std::ranges::any_of(
        config.methods, [](Method method) { return info(method).needs_flow(); });
    std::vector<std::string> paths;
    if (!any_flow || !config.check_flow) return paths;
    for (const std::string& folder : part_folders(config, directory)) {
        for (std::size_t flow = 0; flow < config.flows(); ++flow)
            paths.push_back(concat(folder, "/check_", two_digits(flow), ".h5"));
    }
    return paths;
}

std::vector<std::string> failed_checks(const RunConfig& config, const std::string& directory) {
    Problems found;
    for (const std::string& path : flow_checks(config, directory)) {
        const std::string failures = failures_of(path);
        found.unless(failures.empty(), path, ": ", failures);
    }
    for (const Method method : config.methods) {
        for (std::size_t i = 0; config.hunt && i < config.retrainings; ++i) {
            const std::string path = ChainLayout{directory}.of_retraining(method, "hunt", i);
            const std::string failures = failures_of(path);
            found.unless(failures.empty(), path, ": ", failures);
        }
    }
    return found.take();
}

void require_passed_checks(const std::vector<std::string>& failed) {
    if (failed.empty()) return;
    throw QualityError("checks fail:\n  " + joined(failed, "\n  "));
}

}  // namespace lacathode
