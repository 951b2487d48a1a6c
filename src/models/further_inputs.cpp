#include "lacathode/models/further_inputs.hpp"

#include <algorithm>

#include "lacathode/core/random.hpp"

namespace lacathode {
namespace {

std::vector<float> noise(const EventTable& events, const RandomStream& stream) {
    std::vector<float> values;
    values.reserve(events.size());
    for (const std::int64_t row : events.source_row)
        values.push_back(static_cast<float>(stream.at(static_cast<std::uint64_t>(row)).normal()));
    return values;
}

}  // namespace

std::vector<std::string> further_input_names() {
    return {"mass", "noise"};
}

std::vector<Column> FurtherInputs::columns(std::vector<Column> features, const Column& mass) const {
    for (const FurtherInput input : inputs)
        features.push_back(input == FurtherInput::mass ? mass : Column{"noise", "1"});
    return features;
}

EventTable FurtherInputs::added_to(EventTable events, ClassifierRole role) const {
    if (inputs.empty()) return events;
    const RandomStream stream =
        RandomStream(noise_seed, "noise").at(static_cast<std::uint64_t>(role));
    const std::size_t features = events.features.cols();
    Matrix<float> all(events.size(), features + inputs.size());
    for (std::size_t row = 0; row < events.size(); ++row)
        std::ranges::copy(events.features.row(row), all.row(row).begin());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const std::vector<float> values =
            inputs[i] == FurtherInput::mass ? masses_as_float(events) : noise(events, stream);
        for (std::size_t row = 0; row < events.size(); ++row) all(row, features + i) = values[row];
    }
    events.features = std::move(all);
    events.feature_columns = columns(std::move(events.feature_columns), events.mass_column);
    return events;
}

}  // namespace lacathode
