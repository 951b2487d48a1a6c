#include "lacathode/stats/independence.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/matrix.hpp"
#include "lacathode/stats/gamma_distribution.hpp"

namespace lacathode {
namespace {

// Events in each cell, and in each row and column.
struct Table {
    Matrix<double> cells;
    std::vector<double> rows, columns;
};

Table fill(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b,
           std::size_t classes) {
    Table table{Matrix<double>(classes, classes), std::vector<double>(classes),
                std::vector<double>(classes)};
    for (std::size_t i = 0; i < a.size(); ++i) {
        expects(a[i] < classes && b[i] < classes, "every event is in one of the classes");
        ++table.cells(a[i], b[i]);
        ++table.rows[a[i]];
        ++table.columns[b[i]];
    }
    return table;
}

double chi2_of(const Table& table, double events) {
    double chi2 = 0;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        for (std::size_t j = 0; j < table.columns.size(); ++j) {
            const double expected = table.rows[i] * table.columns[j] / events;
            if (!(expected > 0)) throw InputError("a class of the test of independence is empty");
            const double difference = table.cells(i, j) - expected;
            chi2 += difference * difference / expected;
        }
    }
    return chi2;
}

}  // namespace

std::vector<std::uint32_t> equal_content_classes(std::span<const double> values,
                                                 std::size_t classes) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t row) { return values[row]; });
    std::vector<std::uint32_t> found(values.size());
    for (std::size_t rank = 0; rank < order.size(); ++rank)
        found[order[rank]] = static_cast<std::uint32_t>(rank * classes / order.size());
    return found;
}

Independence independence(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b,
                          std::size_t classes) {
    expects(a.size() == b.size(), "every event has two classes");
    expects(classes >= 2, "there are two classes");
    const auto events = static_cast<double>(a.size());
    const double chi2 = chi2_of(fill(a, b, classes), events);
    const auto sides = static_cast<double>(classes - 1);
    const double degrees = sides * sides;
    const double by_chance = degrees / (events - 1);  // the expectation of chi2 / events
    return {.chi2 = chi2,
            .association = std::sqrt(std::max(0.0, chi2 / events - by_chance) / sides),
            .p_value = chi2_survival(chi2, degrees)};
}

}  // namespace lacathode
