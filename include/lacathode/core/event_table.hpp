// Events in memory: one resonant variable, D features, and where each row came from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lacathode/core/matrix.hpp"

namespace lacathode {

/// A column's name and unit ("TeV"; "1" for a pure number).
struct Column {
    std::string name;
    std::string unit = "1";
    bool operator==(const Column&) const = default;
};

/// What a row may be used for. Stored as uint8 in files.
enum class Partition : std::uint8_t {
    training = 0,            ///< "data": flow and classifier training
    validation = 1,          ///< "data": model selection
    test = 2,                ///< "data": never seen in training; sculpting and SIC
    evaluation = 3,          ///< further labelled events, only for evaluation in the signal region
    reference_training = 4,  ///< extra events, set aside for detectors that train on the truth
    reference_validation = 5,  ///< the same, validation
    applied = 6,  ///< scored by lacathode-apply; whoever trained may have seen it, so never a test
};

/// What trainings have looked at.
constexpr bool is_trained_on(Partition partition) {
    return partition == Partition::training || partition == Partition::validation;
}

/// What a real search would see: background and injected signal alike.
constexpr bool is_data(Partition partition) {
    return is_trained_on(partition) || partition == Partition::test;
}

/// What is set aside for the idealised and the supervised detector.
constexpr bool is_set_aside(Partition partition) {
    return partition == Partition::reference_training ||
           partition == Partition::reference_validation;
}

/// N events. Column vectors have N entries, or none where "may be empty" is said.
struct EventTable {
    Column mass_column;                   ///< the resonant variable
    std::vector<Column> feature_columns;  ///< D columns
    std::vector<double> mass;             ///< [N], unit of mass_column
    Matrix<float> features;               ///< [N, D]
    std::vector<std::int8_t> label;  ///< [N] truth: 1 signal, 0 background; may be empty: no truth
    std::vector<Partition> partition;      ///< [N]
    std::vector<std::int64_t> source_row;  ///< [N] row of the input, counted through all its
                                           ///< files; -1 - k for a generated row k
    std::vector<std::uint8_t>
        mapped;  ///< [N] 1 if the flow maps the row, else features are NaN; may be empty: all
    std::vector<std::uint8_t>
        fold;  ///< [N] number of the models that the row belongs to; may be empty: no folds
    std::vector<float>
        weight;  ///< [N] how many events the row stands for, any sign; may be empty: one each

    [[nodiscard]] std::size_t size() const noexcept { return mass.size(); }
    [[nodiscard]] bool has_label() const noexcept { return !label.empty(); }
    [[nodiscard]] bool has_fold() const noexcept { return !fold.empty(); }
    [[nodiscard]] bool has_weight() const noexcept { return !weight.empty(); }
    [[nodiscard]] double weight_of(std::size_t row) const noexcept {
        return weight.empty() ? 1.0 : double{weight[row]};
    }
    /// Their number where there are no weights.
    [[nodiscard]] double sum_of_weights() const noexcept;
    /// Every row stands for one event, whether the table says so or not.
    [[nodiscard]] bool counts_rows() const noexcept;
    [[nodiscard]] bool is_mapped(std::size_t row) const noexcept {
        return mapped.empty() || mapped[row] != 0;
    }
    /// Throws ContractViolation unless all columns have N entries and D feature names exist.
    void check() const;
    /// The rows of `rows` (each < N), in that order.
    [[nodiscard]] EventTable take(std::span<const std::size_t> rows) const;
};

/// Masses of the rows as the networks take them. [N]
std::vector<float> masses_as_float(const EventTable& events);

/// Appends b's rows to a, in time proportional to b's, on average over many calls. Columns must
/// agree; throws ContractViolation otherwise.
void append(EventTable& a, const EventTable& b);

}  // namespace lacathode
