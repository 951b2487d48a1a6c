// The files that a classifier is trained on, and its own.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/train_classifier.hpp"

namespace lacathode {

/// Data and background that fit each other, and what an output says of them.
class ClassifierFiles {
  public:
    /// Throws InputError unless the background names its method, both come from the same flow (if
    /// one made them) and have the same columns and signal region, and their partitions say who
    /// has seen an event.
    explicit ClassifierFiles(const TrainClassifier::Paths& paths);

    [[nodiscard]] Method method() const { return method_; }
    [[nodiscard]] const MassWindow& signal_region() const { return data_.header().signal_region; }
    /// Of both, for messages.
    [[nodiscard]] std::string names() const { return data_.path() + ", " + background_.path(); }
    /// Rows outside the box of the background's flow are not mapped.
    [[nodiscard]] EventTable data() const;
    [[nodiscard]] EventTable background() const;

    /// What a training of them says in its provenance.
    void begin(Job& job, const TrainClassifier::Config& config, const Execution& execution) const;
    /// Writes the model.
    void finish(Job& job, ClassifierModel model, std::size_t retraining) const;

  private:
    [[nodiscard]] const EventOrigins& origins() const { return background_.provenance().origins; }
    [[nodiscard]] const std::optional<FeatureBox>& box() const { return background_.header().box; }

    EventReader background_;
    Method method_;
    EventReader data_;
};

}  // namespace lacathode
