// Mass and features of rows of the input.
#pragma once

#include <cstddef>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/matrix.hpp"
#include "lacathode/stages/prepare.hpp"

namespace lacathode {

/// Float64; NaN where a value is unusable.
struct InputBlock {
    std::vector<double> mass;  ///< [N]
    Matrix<double> features;   ///< [N, D]
};

/// Of the first `measured` columns of `values` [N, InputColumns::names] of the input.
InputBlock input_block(const Prepare::Config& config, const Matrix<double>& values,
                       std::size_t measured);

/// The value, or those of a row, are finite as float32 too.
bool fits_float32(double value);
bool fits_float32(const InputBlock& block, std::size_t row);

/// Names and units of the features. Throws UsageError for one that the lhco format does not
/// compute.
std::vector<Column> feature_columns(const Prepare::Config& config);

}  // namespace lacathode
