// Are two quantities independent? chi2 of their two-way table (docs/method.md, section 10).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lacathode {

struct Independence {
    double chi2 = 0;         ///< (10.2)
    double association = 0;  ///< Cramer's V less what chance gives, 0 to 1: (10.3)
    double p_value = 1;      ///< of a chi2 distribution with (classes - 1)^2 degrees of freedom
};

/// The class of each value, 0 to classes - 1 in ascending order, of equal content to one event;
/// equal values in the order in which they stand. `values` [N] without NaN. [N]
std::vector<std::uint32_t> equal_content_classes(std::span<const double> values,
                                                 std::size_t classes);

/// Of the classes `a` and `b` [N] that N events are in. Throws ContractViolation if the two differ
/// in length or a class is no less than `classes`, which is at least 2; InputError if a class is
/// empty. The p-value stands for a table where every cell is expected to hold 5 events.
Independence independence(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b,
                          std::size_t classes);

}  // namespace lacathode
