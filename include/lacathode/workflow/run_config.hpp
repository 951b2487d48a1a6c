// What a chain does: its methods, trainings and evaluations.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/config/field.hpp"
#include "lacathode/core/method.hpp"
#include "lacathode/stages/train_classifier.hpp"

namespace lacathode {

/// What is done anew in each training.
enum class Retrain {
    all,         ///< flow, encoding or sampling, and classifier, as in the papers
    classifier,  ///< the classifier, of one flow
};

/// Section "run": the chain.
struct RunConfig {
    std::vector<Method> methods = {Method::lacathode, Method::cathode};
    std::size_t retrainings = 1;
    Retrain retrain = Retrain::all;
    std::size_t members = 1;  ///< trainings that a retraining combines
    Retrain member = Retrain::classifier;
    std::vector<ClassifierKind> models;  ///< of the members in turn; empty: the classifier's own
    std::size_t folds = 0;               ///< 0: the split of prepare
    std::size_t reference = 1'000'000;   ///< background events that align the folds' scores
    bool pseudo_data = false;            ///< search pseudo-data instead of the input
    bool sic = true;
    bool sculpting = true;
    bool score_background = false;
    bool check_flow = false;
    bool hunt = false;

    /// Flows of the sidebands that the retrainings share or have each; in each fold.
    [[nodiscard]] std::size_t flows() const noexcept {
        if (retrain == Retrain::classifier) return 1;
        return member == Retrain::all ? trainings() : retrainings;
    }
    /// Trainings a method, those of retraining 0 first.
    [[nodiscard]] std::size_t trainings() const noexcept { return retrainings * members; }
};
Section section(RunConfig& config);
std::vector<std::string> problems(const RunConfig& config);

}  // namespace lacathode
