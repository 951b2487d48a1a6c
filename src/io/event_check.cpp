#include "io/event_check.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/interrupt.hpp"

namespace lacathode::io::detail {
namespace {

// Counts the rows where bad(row) holds; the text of the first one, or empty.
template <class Bad>
std::string count_bad(std::size_t rows, std::size_t first_row, const std::string& column,
                      const char* complaint, const Bad& bad) {
    check_interrupt();
    std::size_t count = 0;
    std::size_t first = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        if (!bad(row)) continue;
        if (count == 0) first = row;
        ++count;
    }
    if (count == 0) return {};
    return "column '" + column + "': " + std::to_string(count) +
           (count == 1 ? " value " : " values ") + complaint + ", the first in row " +
           std::to_string(first_row + first);
}

std::string feature_problem(const EventTable& table, std::size_t feature, std::size_t first_row) {
    const std::string& name = table.feature_columns[feature].name;
    auto problem = count_bad(table.size(), first_row, name, "not finite", [&](std::size_t row) {
        return table.is_mapped(row) && !std::isfinite(table.features(row, feature));
    });
    if (!problem.empty()) return problem;
    return count_bad(table.size(), first_row, name, "not NaN though the row is not mapped",
                     [&](std::size_t row) {
                         return !table.is_mapped(row) && !std::isnan(table.features(row, feature));
                     });
}

std::string weight_problem(const EventTable& table, std::size_t first_row) {
    if (!table.has_weight()) return {};
    return count_bad(table.size(), first_row, "weight", "not finite",
                     [&](std::size_t row) { return !std::isfinite(table.weight[row]); });
}

std::string flag_problem(const EventTable& table, std::size_t first_row) {
    if (table.has_label()) {
        auto problem = count_bad(
            table.size(), first_row, "label", "neither 0 nor 1",
            [&](std::size_t row) { return table.label[row] != 0 && table.label[row] != 1; });
        if (!problem.empty()) return problem;
    }
    if (!table.mapped.empty()) {
        auto problem = count_bad(table.size(), first_row, "mapped", "neither 0 nor 1",
                                 [&](std::size_t row) { return table.mapped[row] > 1; });
        if (!problem.empty()) return problem;
    }
    return count_bad(table.size(), first_row, "partition", "unknown (0 to 6 are known)",
                     [&](std::size_t row) { return table.partition[row] > Partition::applied; });
}

}  // namespace

std::string rows_problem(const EventTable& table, std::size_t first_row) {
    auto problem = count_bad(table.size(), first_row, "mass", "not finite",
                             [&](std::size_t row) { return !std::isfinite(table.mass[row]); });
    if (problem.empty()) problem = flag_problem(table, first_row);
    if (problem.empty()) problem = weight_problem(table, first_row);
    for (std::size_t i = 0; problem.empty() && i < table.feature_columns.size(); ++i) {
        problem = feature_problem(table, i, first_row);
    }
    return problem;
}

std::string log_prob_problem(std::span<const double> log_prob, std::span<const std::uint8_t> mapped,
                             std::size_t first_row) {
    return count_bad(log_prob.size(), first_row, "log_prob", "not finite", [&](std::size_t row) {
        return (mapped.empty() || mapped[row] != 0) && !std::isfinite(log_prob[row]);
    });
}

std::string name_problem(const std::string& name) {
    if (name.empty()) return "is empty";
    // The full name of an attribute is OBJECT@NAME: that of a feature x@unit would be one of x.
    if (name == "." || name.find_first_of("/@") != std::string::npos)
        return "may not hold '/' or '@', or be '.'";
    const bool control = std::any_of(name.begin(), name.end(), [](char letter) {
        return static_cast<unsigned char>(letter) < 32 || letter == 127;
    });
    return control ? "holds a control character" : "";
}

}  // namespace lacathode::io::detail
