#include "lacathode/workflow/chain.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/io/thread_safety.hpp"
#include "lacathode/stages/support/event_counts.hpp"
#include "workflow/chain_plan.hpp"
#include "workflow/chain_steps.hpp"

namespace lacathode {
namespace {

using NamedSummaries = std::vector<std::pair<std::string, Summary>>;

// Runs `steps`, which do not need each other: as many side by side as there are threads, and the
// last few with several threads each.
NamedSummaries run_round(std::span<const Step> steps, const StageContext& context) {
    NamedSummaries summaries(steps.size());
    const int threads = context.common.execution().threads;
    // Stages read and write files of their own; without a thread-safe HDF5 they go one by one.
    const auto abreast = static_cast<std::size_t>(io_is_thread_safe() ? threads : 1);
    for (std::size_t first = 0; first < steps.size();) {
        const std::size_t left = steps.size() - first;
        const std::size_t count = left < abreast ? left : left / abreast * abreast;
        const std::size_t side_by_side = std::min(count, abreast);
        StageContext share = context;
        share.common.threads = threads / static_cast<int>(side_by_side);
        parallel_blocks(count, 1, static_cast<int>(side_by_side), [&](std::size_t i, std::size_t) {
            const Step& step = steps[first + i];
            std::optional<MutedProgress> muted;
            if (side_by_side > 1) muted.emplace();
            summaries[first + i] = {step.name, run_step(step, share)};
        });
        first += count;
    }
    return summaries;
}

bool any_method(const ChainConfig& config, bool (*holds)(const MethodInfo&)) {
    return std::ranges::any_of(config.run.methods,
                               [&](Method method) { return holds(info(method)); });
}

std::vector<std::string> method_lacks(const ChainConfig& config, Method method,
                                      const EventReader& events) {
    const Background background = info(method).background;
    if (background != Background::strips && background != Background::truth) return {};
    return SelectBackground::lacks(config.stages.of<SelectBackground>(), method, events);
}

// Events set aside for a method in vain, or not set aside at all.
void check_set_aside(Problems& found, const ChainConfig& config) {
    const Prepare::Config& prepare = config.stages.of<Prepare>();
    for (const Method method : config.run.methods) {
        const bool background = info(method).background == Background::truth;
        const bool signal = info(method).data == Data::labelled_signal;
        found.unless(!background || (!prepare.extra_background.empty() &&
                                     prepare.extra.training > 0 && prepare.extra.validation > 0),
                     "run.methods has ", method_name(method),
                     ", which trains on true background: name a file in prepare.extra_background "
                     "and set events aside with prepare.extra_training and extra_validation");
        found.unless(
            !signal || (prepare.extra_signal.training > 0 && prepare.extra_signal.validation > 0),
            "run.methods has ", method_name(method),
            ", which trains on labelled signal: set events aside with "
            "prepare.extra_signal_training and extra_signal_validation");
    }
}

// What would come out after minutes or hours of training otherwise.
void require_enough_events(const ChainConfig& config, const std::string& path) {
    const EventReader reader(path, EventKind::events);
    const EventCounts events = count_events(reader);
    const auto& stages = config.stages;
    Problems found;
    if (any_method(config, [](const MethodInfo& method) { return method.needs_flow(); }))
        found.add(TrainFlow::lacks(stages.of<TrainFlow>(), events));
    found.add(TrainClassifier::lacks(stages.of<TrainClassifier>(), events));
    if (config.run.sic) found.add(EvaluateSic::lacks(stages.of<EvaluateSic>(), events));
    if (config.run.sculpting)
        found.add(EvaluateSculpting::lacks(stages.of<EvaluateSculpting>(), events));
    for (const Method method : config.run.methods) found.add(method_lacks(config, method, reader));
    const std::vector<std::string> lacks = found.take();
    if (lacks.empty()) return;
    throw InputError(concat(path, " (of ", stages.of<Prepare>().input.text(), ") lacks events:\n  ",
                            joined(lacks, "\n  ")));
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
         {"retrainings", "", "Independent trainings a method, for medians and bands.",
          &c.retrainings, Range::within(1, most_retrainings), "runs"},
         {"retrain", "",
          "What each of them does anew: all (flow, encoding or sampling, classifier; as the papers "
          "do) or classifier (one flow serves all).",
          choice(c.retrain, {"all", "classifier"})},
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
    found.unless(stages.of<TrainFlow>().region == Region::sideband,
                 "train_flow.region = signal_region: lacathode-run trains such a flow by itself "
                 "for anode; leave it out");
    check_set_aside(found, config);
    leave_out("train_classifier", classifier.retraining);
    found.unless(classifier.model != ClassifierKind::trees || classifier.trees.subsample < 1 ||
                     config.run.retrainings <= 1 || config.run.retrain == Retrain::all,
                 "train_classifier.tree_subsample = 1 makes the ", config.run.retrainings,
                 " trainings of run.retrainings equal; use a fraction below 1");
    return found.take();
}

NamedSummaries run_chain(const ChainConfig& config, const StageContext& context,
                         const std::string& directory) {
    require_no_problems("configuration", problems(config));
    check_execution(context.common.execution());
    const std::vector<Step> steps = plan_chain(config, context, directory);
    require_no_stale_outputs(steps, context);
    make_directory(directory);
    for (const Method method : config.run.methods)
        make_directory(concat(directory, "/", method_name(method)));
    NamedSummaries all;
    for (const std::vector<Step>& round : in_rounds(steps)) {
        std::ranges::move(run_round(round, context), std::back_inserter(all));
        if (all.size() == 1) require_enough_events(config, steps.front().output);
    }
    return all;
}

}  // namespace lacathode
