#include "stages/support/prepare_input.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/column_table.hpp"
#include "lacathode/io/file_hash.hpp"
#include "lacathode/physics/dijet_features.hpp"

namespace lacathode {
namespace {

// Mass and features of a block of rows, float64; NaN where a value is unusable.
struct Block {
    std::vector<double> mass;
    Matrix<double> features;
};

std::vector<std::string> lhco_names() {
    const auto names = lhco_columns();
    return {names.begin(), names.end()};
}

std::vector<std::string> table_names(const Prepare::Config& config) {
    std::vector<std::string> names = {config.mass_column};
    names.insert(names.end(), config.features.begin(), config.features.end());
    return names;
}

Block table_block(const Prepare::Config& config, const Matrix<double>& columns) {
    Block block{.mass = std::vector<double>(columns.rows()),
                .features = Matrix<double>(columns.rows(), columns.cols() - 1)};
    for (std::size_t row = 0; row < columns.rows(); ++row) {
        block.mass[row] = columns(row, 0) * config.mass_scale;
        std::copy(columns.row(row).begin() + 1, columns.row(row).end(),
                  block.features.row(row).begin());
    }
    return block;
}

// Reads rows as the configuration maps them; knows the column names of the result.
class InputReader {
  public:
    InputReader(const Prepare::Config& config, const std::string& path)
        : config_(config), table_(ColumnTable::open(path, config.input_key)) {
        names_ = config.format == InputFormat::lhco ? lhco_names() : table_names(config);
        table_->require(names_);
        const auto& present = table_->columns();
        label_ = config.label_column;
        if (label_.empty() && config.format == InputFormat::lhco &&
            std::ranges::find(present, "label") != present.end()) {
            label_ = "label";
        }
        if (!label_.empty()) names_.push_back(label_);
        table_->check_readable(names_);
        log_info(concat(path, ": ", table_->description(), ", ", table_->rows(), " rows"));
    }

    [[nodiscard]] std::size_t rows() const { return table_->rows(); }
    [[nodiscard]] std::size_t block_rows() const { return table_->block_rows(); }
    [[nodiscard]] const std::string& label() const { return label_; }
    /// Of the columns that read() returns.
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

    // Columns of the block, the truth (if any) last.
    [[nodiscard]] Matrix<double> read(std::size_t first, std::size_t count) {
        return table_->read(first, count, names_);
    }

    [[nodiscard]] Block block(const Matrix<double>& columns) const {
        const std::size_t used = columns.cols() - (label_.empty() ? 0 : 1);
        Matrix<double> inputs(columns.rows(), used);
        for (std::size_t row = 0; row < columns.rows(); ++row) {
            std::copy_n(columns.row(row).begin(), used, inputs.row(row).begin());
        }
        if (config_.format == InputFormat::table) return table_block(config_, inputs);
        DijetFeatures dijets = dijet_features(inputs, {.features = config_.features});
        return {.mass = std::move(dijets.mass), .features = std::move(dijets.features)};
    }

  private:
    const Prepare::Config& config_;
    std::unique_ptr<ColumnTable> table_;
    std::vector<std::string> names_;
    std::string label_;
};

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

void shift_features(const Prepare::Config& config, Block& block) {
    for (const auto& [name, amount] : config.shift) {
        const auto column = static_cast<std::size_t>(std::ranges::find(config.features, name) -
                                                     config.features.begin());
        for (std::size_t row = 0; row < block.mass.size(); ++row)
            block.features(row, column) += amount * block.mass[row];
    }
}

bool is_valid(const Block& block, std::size_t row) {
    const auto fits_float = [](double value) {
        return std::isfinite(value) &&
               std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max());
    };
    return fits_float(block.mass[row]) && std::ranges::all_of(block.features.row(row), fits_float);
}

bool is_finite(double value) {
    return std::isfinite(value);
}

std::int8_t label_of(double value, const std::string& path, const std::string& column,
                     std::size_t row) {
    if (value == 0 || value == 1) return static_cast<std::int8_t>(value);
    throw InputError(concat(path, ": column '", column, "', row ", row, ": label ", value,
                            " is neither 0 (background) nor 1 (signal)"));
}

// What makes the row unusable: a value of the file, or what follows from its values.
std::string bad_row_text(std::span<const double> values, const std::vector<std::string>& names,
                         const Prepare::Config& config) {
    const auto bad = std::ranges::find_if_not(values, is_finite);
    if (bad != values.end()) {
        return concat("column '", names[static_cast<std::size_t>(bad - values.begin())], "' is ",
                      *bad);
    }
    return config.format == InputFormat::lhco ? "the jets have a mass or feature that is not finite"
                                              : "mass or a feature is too large for float32";
}

}  // namespace

RawInput read_raw_events(const Prepare::Config& config, const std::string& path,
                         const std::string& role) {
    InputReader reader(config, path);
    RawInput result{.events = {}, .record = {role, path, file_hash(path)}, .rows = reader.rows()};
    EventTable& table = result.events.table;
    table.mass_column = config.format == InputFormat::lhco
                            ? Column{"m_jj", "TeV"}
                            : Column{config.mass_column, config.mass_unit};
    table.feature_columns = feature_columns(config);
    std::vector<float> features;
    features.reserve(reader.rows() * config.features.size());
    Progress progress("read", reader.rows());
    for (std::size_t first = 0; first < reader.rows(); first += reader.block_rows()) {
        check_interrupt();
        const Matrix<double> columns = reader.read(first, reader.block_rows());
        Block block = reader.block(columns);
        shift_features(config, block);
        for (std::size_t i = 0; i < block.mass.size(); ++i) {
            const auto values = columns.row(i);
            if (!is_valid(block, i) || !std::ranges::all_of(values, is_finite)) {
                if (config.invalid_rows == InvalidRows::error) {
                    throw InputError(concat(
                        path, ": row ", first + i, ": ",
                        bad_row_text(values, reader.names(), config),
                        "; mend the file, or set prepare.invalid_rows to drop to leave such rows "
                        "out and count them"));
                }
                ++result.events.invalid_rows;
                continue;
            }
            table.mass.push_back(block.mass[i]);
            for (const double value : block.features.row(i))
                features.push_back(static_cast<float>(value));
            if (!reader.label().empty()) {
                table.label.push_back(label_of(values.back(), path, reader.label(), first + i));
            }
            table.source_row.push_back(static_cast<std::int64_t>(first + i));
        }
        progress.update(first + columns.rows());
    }
    table.partition.assign(table.size(), Partition::training);
    table.features = Matrix<float>(table.size(), config.features.size(), std::move(features));
    return result;
}

}  // namespace lacathode
