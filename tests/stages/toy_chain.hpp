// Toy data, small networks and cuts, for the tests of the stages.
#pragma once

#include <cstdint>
#include <vector>

#include "lacathode/physics/toy_model.hpp"
#include "lacathode/stages/encode.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/sample.hpp"
#include "lacathode/stages/score.hpp"
#include "lacathode/stages/train_classifier.hpp"
#include "lacathode/stages/train_flow.hpp"

namespace lacathode::test {

/// The project's own engine on that many CPU threads.
Execution engine(int threads = 1);

/// The toy model's signal region (docs/method.md (8.1)).
MassWindow toy_window();

/// `events` toy events split into training, validation and test as stage prepare does.
EventTable toy_data(const ToyModel& model, std::size_t events, std::uint64_t index);

/// The same events in the exact latent space z = x - c m.
EventTable exact_latent(const ToyModel& model, EventTable events);

/// A flow trained on the sidebands of `events`.
FlowModel trained_flow(const EventTable& events, const MafArchitecture& architecture,
                       std::size_t epochs, double learning_rate = 1e-3);

/// A classifier of a few epochs, trained in the signal region.
ClassifierModel trained_classifier(const EventTable& data, const EventTable& background,
                                   std::size_t epochs = 5);

/// Scores of the events in row order.
std::vector<float> scores(const ClassifierModel& model, const EventTable& events);

/// p-value of "the events above the cut that keeps 1 % of the signal region are a random
/// selection", over the test part of `events` in 50 mass bins.
double sculpting_p_value(const ClassifierModel& model, const EventTable& events);

/// The rows of one partition inside or outside the signal region.
EventTable part(const EventTable& events, Partition partition, Region region);

}  // namespace lacathode::test
