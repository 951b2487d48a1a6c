// Which columns of an input are read, and what they are called there.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/stages/prepare.hpp"

namespace lacathode {

/// The columns that are read of a file.
struct InputColumns {
    /// As the input calls them: the 14 of lhco, or mass and features of a table; then the weight;
    /// then the truth.
    std::vector<std::string> names;
    std::size_t measured = 0;  ///< how many come before weight and truth
    bool weighted = false;
    bool labelled = false;
};
/// Of a file with the columns `present`. Optional: it may lack the truth column that config names.
InputColumns input_columns(const Prepare::Config& config, const std::vector<std::string>& present,
                           Presence truth);

/// What is wrong with prepare.columns, label_column and weight_column.
std::vector<std::string> column_problems(const Prepare::Config& config);

}  // namespace lacathode
