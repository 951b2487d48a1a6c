#include "stages/prepare/input_block.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/physics/dijet_features.hpp"

namespace lacathode {
namespace {

InputBlock table_block(const Prepare::Config& config, const Matrix<double>& columns) {
    InputBlock block{.mass = std::vector<double>(columns.rows()),
                     .features = Matrix<double>(columns.rows(), columns.cols() - 1)};
    for (std::size_t row = 0; row < columns.rows(); ++row) {
        block.mass[row] = columns(row, 0) * config.mass_scale;
        std::copy(columns.row(row).begin() + 1, columns.row(row).end(),
                  block.features.row(row).begin());
    }
    return block;
}

}  // namespace

InputBlock input_block(const Prepare::Config& config, const Matrix<double>& values,
                       std::size_t measured) {
    Matrix<double> inputs(values.rows(), measured);
    for (std::size_t row = 0; row < values.rows(); ++row) {
        std::copy_n(values.row(row).begin(), measured, inputs.row(row).begin());
    }
    InputBlock block;
    if (config.format == InputFormat::table) {
        block = table_block(config, inputs);
    } else {
        DijetFeatures dijets = dijet_features(inputs, {.features = config.features});
        block = {.mass = std::move(dijets.mass), .features = std::move(dijets.features)};
    }
    return block;
}

std::vector<Column> feature_columns(const Prepare::Config& config) {
    std::vector<Column> columns;
    const std::vector<Column> known = available_features();
    for (std::size_t i = 0; i < config.features.size(); ++i) {
        const auto found = std::ranges::find(known, config.features[i], &Column::name);
        if (config.format == InputFormat::lhco && found == known.end()) {
            throw UsageError(concat(
                "prepare.features names '", config.features[i],
                "', which the lhco format does not compute; choose from m_j1, delta_m, tau21_j1, "
                "tau21_j2, delta_r, or use format table"));
        }
        const std::string unit = config.format == InputFormat::lhco ? found->unit
                                 : config.feature_units.empty()     ? "1"
                                                                    : config.feature_units[i];
        columns.push_back({config.features[i], unit});
    }
    return columns;
}

bool fits_float32(double value) {
    return std::isfinite(value) &&
           std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max());
}

bool fits_float32(const InputBlock& block, std::size_t row) {
    return fits_float32(block.mass[row]) &&
           std::ranges::all_of(block.features.row(row),
                               [](double value) { return fits_float32(value); });
}

}  // namespace lacathode
