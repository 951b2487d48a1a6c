#include "lacathode/core/event_table.hpp"

#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/values_at.hpp"

namespace lacathode {
namespace {

// Of a column that is not there nothing.
template <class T>
std::vector<T> taken(const std::vector<T>& column, std::span<const std::size_t> rows) {
    return column.empty() ? std::vector<T>() : values_at(column, rows);
}

template <class T>
void extend(std::vector<T>& a, const std::vector<T>& b) {
    a.insert(a.end(), b.begin(), b.end());
}

}  // namespace

void EventTable::check() const {
    const std::size_t n = size();
    expects(features.rows() == n, "features have one row an event");
    expects(features.cols() == feature_columns.size(), "features have one column a name");
    expects(partition.size() == n && source_row.size() == n, "columns have one entry an event");
    expects(label.empty() || label.size() == n, "label is empty or has one entry an event");
    expects(mapped.empty() || mapped.size() == n, "mapped is empty or has one entry an event");
    expects(weight.empty() || weight.size() == n, "weight is empty or has one entry an event");
    expects(fold.empty() || fold.size() == n, "fold is empty or has one entry an event");
}

double EventTable::sum_of_weights() const noexcept {
    double sum = 0;
    for (std::size_t row = 0; row < size(); ++row) sum += weight_of(row);
    return sum;
}

bool EventTable::counts_rows() const noexcept {
    return std::ranges::all_of(weight, [](float one) { return one == 1.0F; });
}

EventTable EventTable::take(std::span<const std::size_t> rows) const {
    expects(std::ranges::all_of(rows, [this](std::size_t row) { return row < size(); }),
            "rows lie inside the table");
    EventTable result;
    result.mass_column = mass_column;
    result.feature_columns = feature_columns;
    result.mass = taken(mass, rows);
    result.label = taken(label, rows);
    result.partition = taken(partition, rows);
    result.source_row = taken(source_row, rows);
    result.mapped = taken(mapped, rows);
    result.fold = taken(fold, rows);
    result.weight = taken(weight, rows);
    result.features = Matrix<float>(rows.size(), features.cols());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i % (std::size_t{1} << 20) == 0) check_interrupt();
        std::ranges::copy(features.row(rows[i]), result.features.row(i).begin());
    }
    return result;
}

std::vector<float> masses_as_float(const EventTable& events) {
    return {events.mass.begin(), events.mass.end()};
}

void append(EventTable& a, const EventTable& b) {
    expects(a.mass_column == b.mass_column && a.feature_columns == b.feature_columns,
            "appended tables have the same columns");
    // Without rows nobody knows which optional columns there are.
    if (b.size() == 0) return;
    if (a.size() == 0) {
        a = b;
        return;
    }
    expects(a.has_label() == b.has_label() && a.mapped.empty() == b.mapped.empty() &&
                a.has_fold() == b.has_fold() && a.has_weight() == b.has_weight(),
            "appended tables have the same optional columns");
    extend(a.mass, b.mass);
    extend(a.label, b.label);
    extend(a.partition, b.partition);
    extend(a.source_row, b.source_row);
    extend(a.mapped, b.mapped);
    extend(a.fold, b.fold);
    extend(a.weight, b.weight);
    a.features.append(b.features);
}

}  // namespace lacathode
