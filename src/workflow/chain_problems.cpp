#include "lacathode/workflow/chain.hpp"

#include <algorithm>

#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "workflow/search_problems.hpp"

namespace lacathode {
namespace {

// True background in the signal region, or what stands for it.
bool has_reference(Method method) {
    const Background background = info(method).background;
    return background != Background::density && background != Background::strips;
}

std::string needs_reference(Method method) {
    return concat("needs scores of background in the signal region, which ", method_name(method),
                  " of run.methods does not have: ");
}

// Each training has validation events or a further input of its own.
bool draws_by_itself(const TrainClassifier::Config& classifier) {
    return classifier.validation_fraction > 0 ||
           std::ranges::count(classifier.further_inputs, FurtherInput::noise) > 0;
}

// Trainings of trees that see the same events. Where there is no flow, all trainings do.
std::size_t trees_of_the_same_events(const ChainConfig& config) {
    const RunConfig& run = config.run;
    const bool have_flows =
        std::ranges::all_of(run.methods, [](Method method) { return info(method).needs_flow(); });
    std::size_t trees = 0;
    for (std::size_t member = 0; member < run.members; ++member)
        trees += config.model(member) == ClassifierKind::trees ? 1 : 0;
    if (have_flows && run.member == Retrain::all) trees = std::min<std::size_t>(trees, 1);
    return have_flows && run.retrain == Retrain::all ? trees : trees * run.retrainings;
}

// What the methods miss in the settings: events set aside for them.
std::vector<std::string> methods_miss(const ChainConfig& config) {
    const Prepare::Config& prepare = config.stages.of<Prepare>();
    Problems found;
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
    return found.take();
}

// What the settings lack for the trainings that are repeated and combined to be possible, and of
// use.
std::vector<std::string> members_miss(const ChainConfig& config) {
    Problems found;
    const std::size_t trees = trees_of_the_same_events(config);
    const TrainClassifier::Config& classifier = config.stages.of<TrainClassifier>();
    found.unless(trees <= 1 || classifier.trees.subsample < 1 || draws_by_itself(classifier),
                 "train_classifier.tree_subsample = 1 makes ", trees,
                 " trainings (run.retrainings, run.members) equal; use a fraction below 1");
    const bool own_flows = config.run.members > 1 && config.run.member == Retrain::all;
    const bool scores_references = config.run.folds > 0 || config.run.score_background;
    for (const Method method : config.run.methods) {
        const bool draws = info(method).needs_flow() && has_reference(method);
        found.unless(!(own_flows && scores_references && draws),
                     "run.member = all has a flow for each member, which draw references of their "
                     "own, and those of run.folds and run.score_background need one for ",
                     method_name(method), ": use run.member = classifier");
    }
    if (!config.aligns_members()) return found.take();
    for (const Method method : config.run.methods) {
        found.unless(has_reference(method), "combine_scores.by = aligned ", needs_reference(method),
                     "use mean, or leave the method out");
    }
    return found.take();
}

// What the methods and settings lack for trainings that draw their validation events: the others
// have learned from them.
std::vector<std::string> drawn_validation_misses(const ChainConfig& config) {
    Problems found;
    if (config.stages.of<TrainClassifier>().validation_fraction == 0) return found.take();
    const bool aligns = config.run.folds > 0 || config.aligns_members();
    for (const Method method : config.run.methods) {
        const Background background = info(method).background;
        found.unless(
            !aligns || (background != Background::truth && background != Background::transported),
            "train_classifier.validation_fraction leaves no background that no training "
            "has seen to align scores of ",
            method_name(method),
            " by (run.folds, combine_scores.by), which cannot draw "
            "any: leave the method out, or set it to 0");
    }
    const auto of_validation = [](EvaluatedPart part) { return part == EvaluatedPart::validation; };
    const bool folds_miss_it_too = config.run.folds > 0;
    found.unless(
        folds_miss_it_too || (!of_validation(config.stages.of<EvaluateSic>().part) &&
                              !of_validation(config.stages.of<EvaluateSculpting>().part)),
        "train_classifier.validation_fraction leaves no validation events that no training "
        "has seen: evaluate_sic.partition and evaluate_sculpting.partition must be test");
    return found.take();
}

// What the methods and settings lack for folds.
std::vector<std::string> folds_miss(const ChainConfig& config) {
    Problems found;
    if (config.run.folds == 0) return found.take();
    for (const Method method : config.run.methods) {
        found.unless(has_reference(method), "run.folds ", needs_reference(method),
                     "leave the method out");
    }
    const auto of_validation = [](EvaluatedPart part) { return part == EvaluatedPart::validation; };
    found.unless(!of_validation(config.stages.of<EvaluateSic>().part) &&
                     !of_validation(config.stages.of<EvaluateSculpting>().part),
                 "run.folds makes every event a test event: evaluate_sic.partition and "
                 "evaluate_sculpting.partition must be test");
    return found.take();
}

bool any_method(const ChainConfig& config, bool (*holds)(const MethodInfo&)) {
    return std::ranges::any_of(config.run.methods,
                               [&](Method method) { return holds(info(method)); });
}

// What the flows lack for the checkpoints that samples are drawn from.
std::vector<std::string> checkpoints_miss(const ChainConfig& config) {
    const MafTrainingOptions& flow = config.stages.of<TrainFlow>().training;
    const std::size_t checkpoints = config.stages.of<Sample>().checkpoints;
    const std::size_t kept = kept_checkpoints(flow.keep_best, flow.epochs);
    Problems found;
    found.unless(checkpoints <= kept, "sample.checkpoints = ", checkpoints,
                 " exceeds train_flow.keep_best = ", kept);
    const bool samples_features = any_method(
        config, [](const MethodInfo& method) { return method.background == Background::sampled; });
    found.unless(checkpoints == 1 || samples_features, "sample.checkpoints = ", checkpoints,
                 ", but no method of run.methods samples in feature space; leave it 1");
    return found.take();
}

// Keys of stages that the chain sets itself.
std::vector<std::string> reserved_keys(const ChainConfig& config) {
    const auto& stages = config.stages;
    Problems found;
    const auto leave_out = [&](const char* section, std::size_t retraining) {
        found.unless(retraining == 0, section, ".retraining = ", retraining,
                     ": lacathode-run numbers the retrainings itself; leave it out, and say how "
                     "many in run.retrainings");
    };
    leave_out("train_flow", stages.of<TrainFlow>().retraining);
    leave_out("sample", stages.of<Sample>().retraining);
    leave_out("train_classifier", stages.of<TrainClassifier>().retraining);
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
    return found.take();
}

// Keys of classifiers where no method trains one.
std::vector<std::string> classifiers_miss(const ChainConfig& config) {
    Problems found;
    const bool trains_classifier = any_method(
        config, [](const MethodInfo& method) { return method.background != Background::density; });
    found.unless(
        trains_classifier || config.stages.of<TrainClassifier>().further_inputs.empty(),
        "train_classifier.further_inputs names inputs, but no method of run.methods trains "
        "a classifier; leave it out");
    found.unless(trains_classifier || config.run.models.empty(),
                 "run.models names models, but no method of run.methods trains a classifier; leave "
                 "it out");
    return found.take();
}

// Of the stages, with the folds of the chain: with some, the fractions need not leave a test set.
std::vector<std::string> stage_problems(const ChainConfig& config) {
    auto stages = config.stages;
    SplitOptions& split = stages.of<Prepare>().split;
    split.folds = config.run.folds > 1 ? 2 : 0;  // how many there may be, run's problems tell
    split.fold = 0;
    return stages.problems();
}

}  // namespace

std::vector<std::string> problems(const ChainConfig& config) {
    Problems found;
    found.add(problems(config.run));
    found.add(stage_problems(config));
    found.add(checkpoints_miss(config));
    found.add(reserved_keys(config));
    found.add(methods_miss(config));
    found.add(classifiers_miss(config));
    found.add(members_miss(config));
    found.add(drawn_validation_misses(config));
    found.add(folds_miss(config));
    found.add(hunt_misses(config));
    found.add(pseudo_data_miss(config));
    return found.take();
}

}  // namespace lacathode
