#include "lacathode/physics/toy_model.hpp"

#include <cmath>
#include <cstdint>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

constexpr std::size_t check_rows = 65'536;

void check(const ToyModel& model) {
    if (!std::isfinite(model.correlation)) {
        throw UsageError(concat("toy model: correlation ", model.correlation, " is not finite"));
    }
    if (!std::isfinite(model.mass_low) || !std::isfinite(model.mass_high) ||
        !(model.mass_low < model.mass_high)) {
        throw UsageError(concat("toy model: mass range [", model.mass_low, ", ", model.mass_high,
                                "] is empty: give finite edges with low < high"));
    }
    if (model.features == 0) throw UsageError("toy model: no features: give at least 1");
}

}  // namespace

EventTable generate_toy(const ToyModel& model, std::size_t events, RandomStream stream) {
    check(model);
    EventTable table;
    table.mass_column = {"m", "1"};
    for (std::size_t i = 0; i < model.features; ++i) {
        table.feature_columns.push_back({concat("x", i), "1"});
    }
    table.mass.resize(events);
    table.features = Matrix<float>(events, model.features);
    table.label.assign(events, 0);
    table.partition.assign(events, Partition::training);
    table.source_row.resize(events);
    for (std::size_t row = 0; row < events; ++row) {
        if (row % check_rows == 0) check_interrupt();
        const double mass = model.mass_low + (model.mass_high - model.mass_low) * stream.uniform();
        table.mass[row] = mass;
        table.source_row[row] = -1 - static_cast<std::int64_t>(row);
        for (float& x : table.features.row(row)) {
            x = static_cast<float>(model.correlation * mass + stream.normal());
        }
    }
    return table;
}

Matrix<float> toy_latent(const ToyModel& model, const EventTable& events) {
    expects(events.features.cols() == model.features, "events have the model's features");
    Matrix<float> latent(events.size(), model.features);
    for (std::size_t row = 0; row < events.size(); ++row) {
        if (row % check_rows == 0) check_interrupt();
        const double center = model.correlation * events.mass[row];
        for (std::size_t col = 0; col < model.features; ++col) {
            latent(row, col) =
                static_cast<float>(static_cast<double>(events.features(row, col)) - center);
        }
    }
    return latent;
}

}  // namespace lacathode
