#include "stages/toy_chain.hpp"

#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/split.hpp"
#include "lacathode/stats/sculpting.hpp"

namespace lacathode::test {

Execution engine(int threads) {
    return {.device = Device::cpu, .backend = Backend::engine, .threads = threads};
}

MassWindow toy_window() {
    return {-0.3, 0.3};
}

EventTable toy_data(const ToyModel& model, std::size_t events, std::uint64_t index) {
    return split_events(SplitOptions{},
                        {.table = generate_toy(model, events, RandomStream(71, "toy").at(index)),
                         .invalid_rows = 0},
                        toy_window(), "the toy", RandomStream(71, "split").at(index));
}

EventTable exact_latent(const ToyModel& model, EventTable events) {
    events.features = toy_latent(model, events);
    return events;
}

FlowModel trained_flow(const EventTable& events, const MafArchitecture& architecture,
                       std::size_t epochs, double learning_rate) {
    TrainFlow::Config config;
    config.architecture = architecture;
    config.training = {.epochs = epochs, .batch_size = 256, .keep_best = 3};
    config.adam.learning_rate = learning_rate;
    return TrainFlow::compute(config, events, toy_window(), engine(), RandomStream(73, "flow"));
}

ClassifierModel trained_classifier(const EventTable& data, const EventTable& background,
                                   std::size_t epochs) {
    TrainClassifier::Config config;
    config.training = {.epochs = epochs, .batch_size = 128, .keep_best = epochs};
    return TrainClassifier::compute(config, Method::lacathode, data, background, toy_window(),
                                    engine(), RandomStream(79, "classifier"));
}

std::vector<float> scores(const ClassifierModel& model, const EventTable& events) {
    const auto scorer = load_scorer(model, engine());
    const EventTable scored = Score::compute(model, *scorer, events);
    const auto values = scored.features.values();
    return {values.begin(), values.end()};
}

double sculpting_p_value(const ClassifierModel& model, const EventTable& events) {
    const EventTable test = events.take(rows_where(
        events, [&](std::size_t row) { return events.partition[row] == Partition::test; }));
    const SculptingStudy study(test.mass, test.mapped, toy_window(), {.bins = 50});
    return study.evaluate(scores(model, test), std::vector<double>{0.01}, RandomStream(83, "p"))
        .p_value.front();
}

EventTable part(const EventTable& events, Partition partition, Region region) {
    return events.take(rows_of(events, partition, region, toy_window()));
}

}  // namespace lacathode::test
