// A number that sums up what a stage found: for people, for programs, and in a file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lacathode/config/json.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"

namespace lacathode {

/// One number that sums up an evaluation; of several retrainings, their median.
struct Quantity {
    std::string name;
    double value;
    struct Band {
        double low, high;
    };
    std::optional<Band> band = {};              ///< central 68 % of several retrainings
    std::optional<double> counting_error = {};  ///< from the events that the value stands on
    bool at_most = false;                       ///< a bound: the method cannot tell smaller ones
};
/// A p-value, as a bound where the tail of its distribution is too thin to be trusted.
Quantity p_value_quantity(const std::string& name, double p);
/// For people: "17.4 [16.9, 18.0] +- 0.5", "< 0.0005".
std::string text_of(const Quantity& quantity);
/// For programs: NAME and, where there are any, NAME_low, NAME_high, NAME_counting_error.
Summary summary_of(const std::vector<Quantity>& quantities);

/// Each as attributes of "/", named as for programs.
void write_quantities(OutputFile& file, const std::vector<Quantity>& quantities);
/// Fills in values, bands and counting errors of `quantities`, as write_quantities wrote them.
/// Throws InputError naming the file for one that is missing.
void read_quantities(const InputFile& file, std::vector<Quantity>& quantities);

}  // namespace lacathode
