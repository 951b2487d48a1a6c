#include "stages/prepare/feature_shift.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

std::size_t position_of(const std::string& name, const Prepare::Config& config) {
    return static_cast<std::size_t>(std::ranges::find(config.features, name) -
                                    config.features.begin());
}

}  // namespace

void shift_by_own_mass(const Prepare::Config& config, InputBlock& block) {
    for (const auto& [name, amount] : config.shift) {
        const std::size_t column = position_of(name, config);
        for (std::size_t row = 0; row < block.mass.size(); ++row)
            block.features(row, column) += amount * block.mass[row];
    }
}

void shift_by_random_mass(const Prepare::Config& config, std::vector<double> masses,
                          EventTable& events, RandomStream stream) {
    stream.shuffle(std::span(masses));
    for (const auto& [name, amount] : config.shift) {
        const std::size_t column = position_of(name, config);
        for (std::size_t row = 0; row < events.size(); ++row) {
            float& value = events.features(row, column);
            value = static_cast<float>(double{value} + amount * masses[row % masses.size()]);
            if (std::isfinite(value)) continue;
            throw InputError(concat("prepare.shift makes '", name,
                                    "' of the event with source_row ", events.source_row[row],
                                    " too large for float32: use a smaller factor"));
        }
    }
}

}  // namespace lacathode
