// Stage score: the anomaly score of every event.
#pragma once

#include <string>
#include <vector>

#include "lacathode/io/event_file.hpp"
#include "lacathode/models/classifier_file.hpp"
#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

struct Score {
    static constexpr const char* name = "score";
    static constexpr const char* description =
        "Computes the anomaly score of every event, in signal region and sidebands.";
    static constexpr const char* example =
        "lacathode-score --classifier classifier.h5 --events latent.h5 --output scores.h5";
    static constexpr int algorithm = 2;

    struct Config {
        std::size_t block_rows = default_block_rows;
    };
    struct Paths {
        std::string classifier;
        std::string events;  ///< latent or events file, as the method's classifier takes it
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<Argument> arguments(Paths& paths);

    /// One column "score"; NaN where the row is not mapped. `scorer` is the model's.
    static EventTable compute(const ClassifierModel& model, const Scorer& scorer,
                              const EventTable& events);
    /// Streams blocks of rows. Validation events that the classifier may have learned from, as it
    /// drew its own (train_classifier.validation_fraction), are training events there. Throws
    /// InputError if the events lie in another space than the method's, or were mapped by another
    /// flow than the classifier's.
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
