#include "lacathode/workflow/run_config.hpp"

#include <set>

#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {

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
          "With folds, and for aligned members with train_classifier.validation_fraction: "
          "background events drawn for each flow, that no classifier trains on, by which scores "
          "become background efficiencies.",
          &c.reference, Range::count(100)},
         {"sic", "", "Evaluate significance improvement (needs labels).", &c.sic},
         {"sculpting", "", "Evaluate background sculpting.", &c.sculpting},
         {"score_background", "",
          "Score what stands for background in training too, or the events of run.reference "
          "where they are drawn (background_scores_00.h5, ...).",
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

}  // namespace lacathode
