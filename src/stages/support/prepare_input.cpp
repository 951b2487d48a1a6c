#include "stages/support/prepare_input.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/column_table.hpp"
#include "lacathode/io/file_hash.hpp"
#include "lacathode/io/matching_files.hpp"
#include "stages/support/input_block.hpp"
#include "stages/support/input_columns.hpp"

namespace lacathode {
namespace {

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

// What is known of the input files before their rows are read.
struct CheckedFiles {
    InputColumns columns;
    std::vector<InputRecord> records;
    std::size_t rows = 0;
};

// A label that only some files have, or a feature that means two things, would go unseen.
void require_same_columns(const ColumnTable& table, const std::vector<std::string>& expected,
                          const std::string& first) {
    const auto missing_in = [](const auto& names, const std::string& name) {
        return std::ranges::find(names, name) == names.end();
    };
    for (const std::string& name : expected) {
        if (!missing_in(table.columns(), name)) continue;
        throw InputError(concat(table.path(), ": has no column '", name, "', which ", first,
                                " has; files that are read as one have the same columns"));
    }
    for (const std::string& name : table.columns()) {
        if (!missing_in(expected, name)) continue;
        throw InputError(concat(table.path(), ": has a column '", name, "', which ", first,
                                " has not; files that are read as one have the same columns"));
    }
}

// One file after the other is open: there may be more of them than a process may open.
CheckedFiles check_files(const Prepare::Config& config, const std::vector<StageInput>& files) {
    CheckedFiles checked;
    std::vector<std::string> present;
    std::map<std::string, std::string> path_of_hash;
    for (const auto& [role, path] : files) {
        const auto table = ColumnTable::open(path, config.input_key);
        if (checked.records.empty()) {
            present = table->columns();
            checked.columns = input_columns(config, present);
        } else {
            require_same_columns(*table, present, files.front().path);
        }
        table->check_readable(checked.columns.names);
        checked.records.push_back({role, path, file_hash(path)});
        const auto [other, is_new] =
            path_of_hash.emplace(checked.records.back().content_hash, path);
        if (!is_new && table->rows() > 0) {
            throw InputError(concat(path, ": is the same file as ", other->second,
                                    ", or a copy of it; its events would count twice"));
        }
        checked.rows += table->rows();
        log_info(concat(path, ": ", table->description(), ", ", table->rows(), " rows"));
    }
    return checked;
}

// Turns rows of the files into events.
class EventCollector {
  public:
    EventCollector(const Prepare::Config& config, const CheckedFiles& files)
        : config_(config), columns_(files.columns), progress_("read", files.rows) {
        EventTable& table = events_.table;
        table.mass_column = config.format == InputFormat::lhco
                                ? Column{"m_jj", "TeV"}
                                : Column{config.mass_column, config.mass_unit};
        table.feature_columns = feature_columns(config);
        features_.reserve(files.rows * config.features.size());
    }

    void read(const std::string& path) {
        const auto table = ColumnTable::open(path, config_.input_key);
        for (std::size_t row = 0; row < table->rows(); row += table->block_rows()) {
            check_interrupt();
            const auto values = table->read(row, table->block_rows(), columns_.names);
            add(path, row, values);
            progress_.update(rows_ + row + values.rows());
        }
        rows_ += table->rows();
    }

    [[nodiscard]] RawEvents take() {
        EventTable& table = events_.table;
        table.partition.assign(table.size(), Partition::training);
        table.features = Matrix<float>(table.size(), config_.features.size(), std::move(features_));
        return std::move(events_);
    }

    [[nodiscard]] std::size_t rows() const { return rows_; }

  private:
    // `first` is the row in the file.
    void add(const std::string& path, std::size_t first, const Matrix<double>& values) {
        const InputBlock block = input_block(config_, values, columns_.labelled);
        EventTable& table = events_.table;
        for (std::size_t i = 0; i < block.mass.size(); ++i) {
            const auto row = values.row(i);
            if (!fits_float32(block, i) || !std::ranges::all_of(row, is_finite)) {
                refuse_or_count(path, first + i, row);
                continue;
            }
            table.mass.push_back(block.mass[i]);
            for (const double value : block.features.row(i))
                features_.push_back(static_cast<float>(value));
            if (columns_.labelled) {
                table.label.push_back(label_of(row.back(), path, columns_.names.back(), first + i));
            }
            table.source_row.push_back(static_cast<std::int64_t>(rows_ + first + i));
        }
    }

    void refuse_or_count(const std::string& path, std::size_t row, std::span<const double> values) {
        if (config_.invalid_rows == InvalidRows::error) {
            throw InputError(concat(
                path, ": row ", row, ": ", bad_row_text(values, columns_.names, config_),
                "; mend the file, or set prepare.invalid_rows to drop to leave such rows out and "
                "count them"));
        }
        ++events_.invalid_rows;
    }

    const Prepare::Config& config_;
    const InputColumns& columns_;
    Progress progress_;
    RawEvents events_;
    std::vector<float> features_;
    std::size_t rows_ = 0;  ///< in the files before the one that is read
};

}  // namespace

std::vector<StageInput> input_files(const FilePatterns& patterns, const std::string& role) {
    std::vector<StageInput> files;
    for (std::string& path : matching_files(patterns.patterns)) {
        const std::size_t number = files.size() + 1;
        files.push_back({number == 1 ? role : concat(role, '_', number), std::move(path)});
    }
    return files;
}

RawInput read_raw_events(const Prepare::Config& config, const std::vector<StageInput>& files) {
    expects(!files.empty(), "there is an input file");
    CheckedFiles checked = check_files(config, files);
    EventCollector collector(config, checked);
    for (const StageInput& file : files) collector.read(file.path);
    RawEvents events = collector.take();
    return {.events = std::move(events),
            .records = std::move(checked.records),
            .rows = collector.rows()};
}

}  // namespace lacathode
