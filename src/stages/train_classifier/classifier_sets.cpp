// Which events a classifier is trained on, and what they weigh.
#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/events/event_selection.hpp"
#include "lacathode/stages/events/signal_in_training.hpp"
#include "lacathode/stages/train_classifier.hpp"

namespace lacathode {
namespace {

// Background that is generated has the masses of events that weigh less than nothing too, where no
// feature depends on them (lacathode-sample).
void require_masses_to_compare(const EventTable& data, const EventTable& background,
                               const FurtherInputs& further) {
    const auto negative = [](float weight) { return weight < 0; };
    if (background.has_weight() || std::ranges::none_of(data.weight, negative) ||
        std::ranges::find(further.inputs, FurtherInput::mass) == further.inputs.end())
        return;
    throw InputError(
        "train_classifier.further_inputs has mass, and the data have negative weights, by which "
        "the background's masses cannot be drawn: leave it out");
}

// Data and background of one partition, before standardisation.
struct Selected {
    EventTable data;
    EventTable background;
};

// The part of the data that the method takes for signal-like.
bool is_wanted(const EventTable& events, std::size_t row, Partition partition, Data wanted,
               const MassWindow& window) {
    if (!window.contains(events.mass[row]) || !events.is_mapped(row)) return false;
    if (wanted == Data::signal_region) return events.partition[row] == partition;
    const Partition aside = partition == Partition::training ? Partition::reference_training
                                                             : Partition::reference_validation;
    return events.partition[row] == aside && events.has_label() && events.label[row] == 1;
}

Selected select(Method method, const EventTable& data, const EventTable& background,
                Partition partition, const MassWindow& window, const FurtherInputs& further) {
    const auto data_rows = rows_where(data, [&](std::size_t row) {
        return is_wanted(data, row, partition, info(method).data, window);
    });
    const auto background_rows = rows_where(background, [&](std::size_t row) {
        // The strips alone lie beside the signal region.
        return background.partition[row] == partition && background.is_mapped(row) &&
               (info(method).background == Background::strips ||
                window.contains(background.mass[row]));
    });
    const std::string name = partition == Partition::training ? "training" : "validation";
    const std::string what = info(method).data == Data::signal_region
                                 ? "mapped signal-region "
                                 : "signal events set aside (prepare.extra_signal_training), ";
    require_events(data_rows.size(), 2, what + name + " events", "data");
    require_events(background_rows.size(), 2, "background " + name + " events", "background");
    return {further.added_to(data.take(data_rows), ClassifierRole::data),
            further.added_to(background.take(background_rows), ClassifierRole::background)};
}

// Both strips weigh the same, whatever their numbers of events (docs/method.md (7.3)). Background
// stands behind the data in `all`.
void weigh_strips(const Selected& selected, const MassWindow& window, ClassifierData& all) {
    const EventTable& background = selected.background;
    const auto is_lower = [&](double m) { return m <= window.low(); };
    const auto lower_events = std::ranges::count_if(background.mass, is_lower);
    if (lower_events == 0 || lower_events == std::ranges::ssize(background.mass)) {
        throw InputError(concat("background: all ", background.size(), " events lie ",
                                lower_events == 0 ? "above" : "below", " the signal region ",
                                window.text(),
                                ": cwola needs a strip on each side "
                                "(select_background.strip_width)"));
    }
    double lower = 0;
    double upper = 0;
    for (std::size_t row = 0; row < background.size(); ++row)
        (is_lower(background.mass[row]) ? lower : upper) += background.weight_of(row);
    if (!(lower > 0 && upper > 0)) {
        throw InputError(
            concat("background: the weights of the strips below and above the signal "
                   "region add up to ",
                   lower, " and ", upper, "; both must be more than 0"));
    }
    const std::size_t first = selected.data.size();
    for (std::size_t row = 0; row < background.size(); ++row) {
        const double of_strip = is_lower(background.mass[row]) ? lower : upper;
        all.weight[first + row] *= static_cast<float>((lower + upper) / (2 * of_strip));
    }
}

ClassifierData joined(const Selected& sets, const Standardisation& standardisation) {
    const Matrix<float> data = standardisation.forward(sets.data.features);
    const Matrix<float> background = standardisation.forward(sets.background.features);
    std::vector<float> values(data.values().begin(), data.values().end());
    values.insert(values.end(), background.values().begin(), background.values().end());
    ClassifierData result;
    result.x = Matrix<float>(data.rows() + background.rows(), data.cols(), std::move(values));
    result.target.assign(data.rows(), 1.0F);
    result.target.resize(result.x.rows(), 0.0F);
    for (const EventTable* events : {&sets.data, &sets.background}) {
        for (std::size_t row = 0; row < events->size(); ++row)
            result.weight.push_back(static_cast<float>(events->weight_of(row)));
    }
    return result;
}

}  // namespace

EventTable TrainClassifier::draw_validation(EventTable events, double fraction,
                                            const RandomStream& stream) {
    for (std::size_t row = 0; row < events.size(); ++row) {
        Partition& partition = events.partition[row];
        if (!is_trained_on(partition) && !is_set_aside(partition)) continue;
        RandomStream own = stream.at(static_cast<std::uint64_t>(events.source_row[row]));
        const bool validates = own.uniform() < fraction;
        if (is_set_aside(partition)) {
            partition = validates ? Partition::reference_validation : Partition::reference_training;
        } else {
            partition = validates ? Partition::validation : Partition::training;
        }
    }
    return events;
}

TrainClassifier::Sets TrainClassifier::sets(Method method, const EventTable& data,
                                            const EventTable& background,
                                            const MassWindow& signal_region,
                                            const FurtherInputs& further_inputs) {
    require_masses_to_compare(data, background, further_inputs);
    const auto of = [&](Partition partition) {
        return select(method, data, background, partition, signal_region, further_inputs);
    };
    const Selected training = of(Partition::training);
    const Selected validation = of(Partition::validation);
    const Standardisation standardisation = Standardisation::fit(training.data.features);
    Sets sets{.training = joined(training, standardisation),
              .validation = joined(validation, standardisation),
              .standardisation = standardisation,
              .counts = {}};
    set_class_weights(sets.training, sets.validation);
    if (info(method).background == Background::strips) {
        weigh_strips(training, signal_region, sets.training);
        weigh_strips(validation, signal_region, sets.validation);
    }
    const auto count = [&sets](const char* name, const EventTable& events) {
        sets.counts.emplace_back(name, static_cast<std::int64_t>(events.size()));
    };
    count("training_data", training.data);
    count("training_background", training.background);
    count("validation_data", validation.data);
    count("validation_background", validation.background);
    if (data.has_label())
        count_signal_in_training(sets.counts, std::ranges::count(training.data.label, 1) +
                                                  std::ranges::count(validation.data.label, 1));
    return sets;
}

}  // namespace lacathode
