#include "stages/prepare/prepare_input.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/column_table.hpp"
#include "lacathode/io/file_hash.hpp"
#include "lacathode/io/matching_files.hpp"
#include "lacathode/physics/dijet_features.hpp"
#include "stages/prepare/feature_shift.hpp"
#include "stages/prepare/input_block.hpp"
#include "stages/prepare/input_columns.hpp"
#include "stages/prepare/input_memory.hpp"
#include "stages/prepare/input_roles.hpp"
#include "stages/prepare/prepare_events.hpp"

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
    if (config.format == InputFormat::lhco) {
        if (const auto column = unphysical_column(values.first(lhco_columns().size())))
            return concat("column '", names[*column], "' is ", values[*column],
                          ", which no jet with a direction in the transverse plane has");
    }
    return "mass, a feature or a weight is too large for float32";
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
CheckedFiles check_files(const Prepare::Config& config, const std::vector<StageInput>& files,
                         Presence truth) {
    CheckedFiles checked;
    std::vector<std::string> present;
    for (const auto& [role, path] : files) {
        const auto table = ColumnTable::open(path, config.input_key);
        if (checked.records.empty()) {
            present = table->columns();
            checked.columns = input_columns(config, present, truth);
        } else {
            require_same_columns(*table, present, files.front().path);
        }
        table->check_readable(checked.columns.names);
        const std::string hash = file_hash(path);
        const InputRecord* same = record_of_content(checked.records, hash);
        if (same != nullptr && table->rows() > 0) {
            throw InputError(concat(path, ": is the same file as ", same->path,
                                    ", or a copy of it; its events would count twice"));
        }
        checked.records.push_back({role, path, hash});
        checked.rows += table->rows();
        log_info(concat(path, ": ", table->description(), ", ", table->rows(), " rows"));
    }
    return checked;
}

}  // namespace

std::vector<StageInput> input_files(const FilePatterns& patterns, const std::string& role) {
    std::vector<StageInput> files;
    for (std::string& path : matching_files(patterns.patterns)) {
        files.push_back({numbered_role(role, files.size() + 1), std::move(path)});
    }
    return files;
}

class RawEventReader::Impl {
  public:
    Impl(const Prepare::Config& config, const std::vector<StageInput>& files, Presence truth)
        : config_(config), files_(files), checked_(check_files(config, files, truth)) {
        columns_.mass_column = config.format == InputFormat::lhco
                                   ? Column{"m_jj", "TeV"}
                                   : Column{config.mass_column, config.mass_unit};
        columns_.feature_columns = feature_columns(config);
        columns_.features = Matrix<float>(0, columns_.feature_columns.size());
    }

    std::optional<EventTable> next();

    const Prepare::Config config_;
    const std::vector<StageInput> files_;
    const CheckedFiles checked_;
    EventTable columns_;  ///< without rows
    std::size_t rows_read_ = 0;
    std::size_t invalid_rows_ = 0;

  private:
    // The events of `values`, the rows from `first` on of the open file.
    EventTable events(std::size_t first, const Matrix<double>& values);
    [[nodiscard]] double weight_of(std::span<const double> row) const {
        return checked_.columns.weighted ? row[checked_.columns.measured] : 1;
    }
    void refuse_or_count(std::size_t row, std::span<const double> values);

    std::size_t file_ = 0;                ///< the one that is read
    std::unique_ptr<ColumnTable> table_;  ///< of it; null: not yet open
    std::size_t row_ = 0;                 ///< its next row
};

std::optional<EventTable> RawEventReader::Impl::next() {
    while (file_ < files_.size()) {
        check_interrupt();
        if (table_ == nullptr) table_ = ColumnTable::open(files_[file_].path, config_.input_key);
        if (row_ < table_->rows()) {
            const auto values = table_->read(row_, table_->block_rows(), checked_.columns.names);
            EventTable block = events(row_, values);
            row_ += values.rows();
            rows_read_ += values.rows();
            return block;
        }
        ++file_;
        table_.reset();
        row_ = 0;
    }
    return std::nullopt;
}

EventTable RawEventReader::Impl::events(std::size_t first, const Matrix<double>& values) {
    InputBlock block = input_block(config_, values, checked_.columns.measured);
    if (config_.shift_by == ShiftBy::mass) shift_by_own_mass(config_, block);
    EventTable table = columns_;
    std::vector<float> features;
    features.reserve(block.features.values().size());
    for (std::size_t i = 0; i < block.mass.size(); ++i) {
        const auto row = values.row(i);
        if (!fits_float32(block, i) || !std::ranges::all_of(row, is_finite) ||
            !fits_float32(weight_of(row))) {
            refuse_or_count(first + i, row);
            continue;
        }
        table.mass.push_back(block.mass[i]);
        for (const double value : block.features.row(i))
            features.push_back(static_cast<float>(value));
        if (checked_.columns.weighted) table.weight.push_back(static_cast<float>(weight_of(row)));
        if (checked_.columns.labelled) {
            table.label.push_back(
                label_of(row.back(), files_[file_].path, checked_.columns.names.back(), first + i));
        }
        table.source_row.push_back(static_cast<std::int64_t>(rows_read_ + i));
    }
    table.partition.assign(table.size(), Partition::training);
    table.features = Matrix<float>(table.size(), table.feature_columns.size(), std::move(features));
    return table;
}

void RawEventReader::Impl::refuse_or_count(std::size_t row, std::span<const double> values) {
    if (config_.invalid_rows == InvalidRows::error) {
        throw InputError(concat(
            files_[file_].path, ": row ", row, ": ",
            bad_row_text(values, checked_.columns.names, config_),
            "; mend the file, or set prepare.invalid_rows to drop to leave such rows out and "
            "count them"));
    }
    ++invalid_rows_;
}

RawEventReader::RawEventReader(const Prepare::Config& config, const std::vector<StageInput>& files,
                               Presence truth)
    : impl_(std::make_unique<Impl>(config, files, truth)) {}
RawEventReader::~RawEventReader() = default;

const EventTable& RawEventReader::columns() const noexcept {
    return impl_->columns_;
}
bool RawEventReader::has_label() const noexcept {
    return impl_->checked_.columns.labelled;
}
bool RawEventReader::has_weight() const noexcept {
    return impl_->checked_.columns.weighted;
}
const std::vector<InputRecord>& RawEventReader::records() const noexcept {
    return impl_->checked_.records;
}
std::size_t RawEventReader::rows() const noexcept {
    return impl_->checked_.rows;
}
std::size_t RawEventReader::rows_read() const noexcept {
    return impl_->rows_read_;
}
std::size_t RawEventReader::invalid_rows() const noexcept {
    return impl_->invalid_rows_;
}
std::optional<EventTable> RawEventReader::next() {
    return impl_->next();
}

namespace {

// Their features go to a vector of their own, which grows. False after the last rows.
bool append_next(RawEventReader& reader, EventTable& all, std::vector<float>& features) {
    const std::optional<EventTable> block = reader.next();
    if (!block) return false;
    const auto append = [](auto& column, const auto& more) {
        column.insert(column.end(), more.begin(), more.end());
    };
    append(all.mass, block->mass);
    append(all.label, block->label);
    append(all.weight, block->weight);
    append(all.source_row, block->source_row);
    append(features, block->features.values());
    return true;
}

}  // namespace

RawInput read_raw_events(const Prepare::Config& config, const std::vector<StageInput>& files,
                         Presence truth) {
    expects(!files.empty(), "there is an input file");
    if (config.format == InputFormat::events) return read_event_files(config, files);
    RawEventReader reader(config, files, truth);
    EventTable all = reader.columns();
    require_memory(reader.rows(), all.feature_columns.size() + (reader.has_weight() ? 1 : 0),
                   files.front().path, memory_of_this_machine());
    std::vector<float> features;
    features.reserve(reader.rows() * all.feature_columns.size());
    Progress progress("read", reader.rows());
    while (append_next(reader, all, features)) progress.update(reader.rows_read());
    all.partition.assign(all.size(), Partition::training);
    all.features = Matrix<float>(all.size(), all.feature_columns.size(), std::move(features));
    return {.events = {.table = std::move(all), .invalid_rows = reader.invalid_rows()},
            .records = reader.records(),
            .rows = reader.rows_read(),
            .origins = {}};
}

void warn_of_invalid_rows(const std::string& files, std::size_t invalid_rows, std::size_t rows) {
    if (invalid_rows == 0) return;
    log_warning(
        concat(invalid_rows, " of ", rows, " rows of ", files,
               " are left out: a value is not finite, or no jet has it (prepare.invalid_rows = "
               "drop)"));
}

}  // namespace lacathode
