// The files that a classifier is trained on, and its own.
#pragma once

#include <cstddef>
#include <string>

#include "lacathode/core/event_table.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/train_classifier.hpp"

namespace lacathode {

/// What an output says of its data and background, which fit each other.
class ClassifierFiles {
  public:
    /// Throws InputError unless the data are no background, both lie in the space of the method,
    /// come from the same flow (if it maps them) and none of the signal region, have the same
    /// columns and signal region, and partitions that say who has seen an event.
    ClassifierFiles(Method method, const EventReader& data, const EventReader& background);

    [[nodiscard]] Method method() const { return method_; }
    [[nodiscard]] const EventHeader& data() const { return data_; }
    /// Of both, for messages.
    [[nodiscard]] std::string names() const;

    /// What a training of them says in its provenance.
    void begin(Job& job, const TrainClassifier::Config& config, const Execution& execution) const;
    /// Writes the model.
    void finish(Job& job, ClassifierModel model, std::size_t retraining) const;

  private:
    Method method_;
    EventHeader data_;
    EventHeader background_;
    InputRecord data_record_;
    InputRecord background_record_;
    EventOrigins origins_;
};

/// The files with their events; rows outside the box of the background's flow are not mapped.
struct ClassifierEvents {
    ClassifierFiles files;
    EventTable data;
    EventTable background;
};
/// Throws InputError as ClassifierFiles does, and for a background that names no method.
ClassifierEvents read_classifier_events(const TrainClassifier::Paths& paths);

}  // namespace lacathode
