#include "io/event_samples.hpp"

#include <cmath>
#include <limits>

#include "lacathode/core/random.hpp"

namespace lacathode::test {

EventTable some_events(std::size_t rows, std::size_t first) {
    EventTable table;
    table.mass_column = {"m_jj", "TeV"};
    table.feature_columns = {{"m_j1", "TeV"}, {"delta_m", "TeV"}, {"tau21 of j1", "1"}};
    table.features = Matrix<float>(rows, 3);
    for (std::size_t row = 0; row < rows; ++row) {
        RandomStream random = RandomStream(1, "events").at(first + row);
        table.mass.push_back(3 + random.uniform());
        for (auto& value : table.features.row(row)) value = static_cast<float>(random.normal());
        table.label.push_back(random.below(5) == 0 ? 1 : 0);
        table.partition.push_back(static_cast<Partition>(random.below(6)));
        table.source_row.push_back(static_cast<std::int64_t>(first + row) - 5);
    }
    return table;
}

EventTable some_latent(std::size_t rows) {
    EventTable table = some_events(rows);
    table.label.clear();
    table.feature_columns = {{"z0", "1"}, {"z1", "1"}};
    Matrix<float> latent(rows, 2);
    for (std::size_t row = 0; row < rows; ++row) {
        const bool mapped = row % 7 != 3;
        table.mapped.push_back(mapped ? 1 : 0);
        for (std::size_t i = 0; i < 2; ++i) {
            latent(row, i) =
                mapped ? table.features(row, i) : std::numeric_limits<float>::quiet_NaN();
        }
    }
    table.features = std::move(latent);
    return table;
}

std::vector<double> some_log_prob(const EventTable& latent) {
    std::vector<double> values;
    for (std::size_t row = 0; row < latent.size(); ++row) {
        values.push_back(latent.is_mapped(row) ? -0.25 * static_cast<double>(row) : std::nan(""));
    }
    return values;
}

}  // namespace lacathode::test
