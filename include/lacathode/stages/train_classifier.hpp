// Stage train-classifier: signal-region data against background.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/ml/mlp_training.hpp"
#include "lacathode/ml/trees_training.hpp"
#include "lacathode/models/classifier_file.hpp"
#include "lacathode/stages/events/event_counts.hpp"
#include "lacathode/stages/frame/retrainings.hpp"
#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

struct TrainClassifier {
    static constexpr const char* name = "train_classifier";
    static constexpr const char* description =
        "Trains the classifier of signal-region data against generated background.";
    static constexpr const char* example =
        "lacathode-train-classifier --data latent.h5 --background normal.h5 --output classifier.h5";
    static constexpr int algorithm = 5;  // 5: a draw that trees cannot split is not the last one

    struct Config {
        std::size_t retraining = 0;  ///< which independent training: selects its random streams
        ClassifierKind model = ClassifierKind::mlp;
        std::vector<std::size_t> hidden = {64, 64, 64};  ///< of the MLP, as the next two
        MlpTrainingOptions training;
        AdamOptions adam{.learning_rate = 1e-3, .weight_decay = 0};
        /// Each tree sees a part of the events only, so that retrainings differ.
        TreesOptions trees{.subsample = 0.8};
        std::vector<FurtherInput> further_inputs;  ///< beside the features
        /// Of its training and validation events, those that a training draws to validate with; 0:
        /// the prepared ones, in all trainings the same.
        double validation_fraction = 0;
    };
    struct Paths {
        std::string data;        ///< latent or events file, as the method's classifier takes it
        std::string background;  ///< from stage sample, of the same kind; names the method
        std::string output;
        std::size_t replicas = 1;  ///< retrainings in this call, from config.retraining on
    };

    static Section section(Config& config);
    static std::vector<std::string> problems(const Config& config);
    static std::vector<Argument> arguments(Paths& paths);
    /// What the events lack for a method that takes such data for signal-like, one sentence each:
    /// known before any training.
    static std::vector<std::string> lacks(Data wanted, const EventCounts& events);

    /// Draws with probability `fraction` which of the events that train or validate do the latter:
    /// by `stream` and source_row alone, so that all rows of one source row stay together.
    static EventTable draw_validation(EventTable events, double fraction,
                                      const RandomStream& stream);

    /// What a method's classifier is trained on.
    struct Sets {
        ClassifierData training;
        ClassifierData validation;
        Standardisation standardisation;  ///< by mean and std of the training data, target 1
        Counts counts;                    ///< events of each, and signal_in_training
    };
    /// Mapped rows of `data` (target 1) and of `background` (target 0), each by its own partition,
    /// features and further inputs standardised. Data are those of the signal region or, for a
    /// supervised method, the labelled signal that is set aside; background lies in the signal
    /// region or, for strips, beside it. Weights are those of the events, and balance the classes
    /// (docs/method.md (5.3)) and the strips (7.3). Throws InputError if any of the four is short
    /// of events, or its weights do not add up to more than 0.
    static Sets sets(Method method, const EventTable& data, const EventTable& background,
                     const MassWindow& signal_region, const FurtherInputs& further_inputs = {});

    /// Trains on mapped signal-region rows of `data` (target 1) and rows of `background` (target
    /// 0), each by its own partition; inputs are standardised with the mean and std of the
    /// signal-region training data. Throws InputError if any of the four sets is empty, and what
    /// train_mlp or train_trees does.
    static ClassifierModel compute(const Config& config, Method method, const EventTable& data,
                                   const EventTable& background, const MassWindow& signal_region,
                                   const Execution& execution, const RandomStream& stream,
                                   TrainingKeeper* keeper = nullptr);
    /// Throws InputError if data and background were made by different flows, are of different
    /// kinds or lie in another space than the method's, or if the data are background.
    static void run(const Config& config, const Paths& paths, Job& job);

    /// Whether replicas are one computation there; else they run side by side.
    static bool trains_together(const Config& config, const Execution& execution);
    /// All trainings, their numbers, files and seeds their own, with these settings else: those of
    /// one shape as one computation, in parts if the device has too little memory for all. Throws
    /// InputError as run() before any is trained; one that fails says so in its job.
    static void run_together(const Config& config, std::span<const JointTraining<Paths>> trainings);
};

}  // namespace lacathode
