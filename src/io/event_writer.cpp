#include <algorithm>

#include "io/event_check.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/io/event_file.hpp"

namespace lacathode {
namespace {

// One block is one chunk of every column: a file's bytes then depend on its rows alone.
constexpr std::size_t block_rows = 16384;

}  // namespace

class EventWriter::Impl {
  public:
    Impl(const std::string& path, EventKind kind, EventHeader header, Overwrite overwrite);

    void append(const EventTable& rows, std::span<const double> log_prob);
    std::string commit(const Provenance& provenance);

    EventHeader header_;

  private:
    void check_columns() const;
    void check_rows(const EventTable& rows, std::span<const double> log_prob) const;
    void create_columns();
    void buffer(const EventTable& rows, std::span<const double> log_prob, std::size_t first,
                std::size_t count);
    void flush();

    template <class T>
    void write_column(const std::string& name, std::vector<T>& values) {
        file_.write_rows<T>(name, written_, std::span<const T>(values));
        values.clear();
    }

    EventKind kind_;
    OutputFile file_;
    std::size_t written_ = 0;
    std::vector<double> mass_;
    std::vector<std::vector<float>> features_;
    std::vector<std::int8_t> label_;
    std::vector<std::uint8_t> partition_;
    std::vector<std::int64_t> source_row_;
    std::vector<std::uint8_t> mapped_;
    std::vector<std::uint8_t> fold_;
    std::vector<float> weight_;
    std::vector<double> log_prob_;
};

EventWriter::Impl::Impl(const std::string& path, EventKind kind, EventHeader header,
                        Overwrite overwrite)
    : header_(std::move(header)),
      kind_(kind),
      file_(path, event_format(kind), overwrite),
      features_(header_.features.size()) {
    check_columns();
    write_signal_region(file_, header_.signal_region);
    file_.set_attribute("/", "flow_hash", header_.flow_hash);
    write_flow_region(file_, header_.flow_region);
    file_.set_attribute("/", "method",
                        header_.method ? method_name(*header_.method) : std::string());
    write_box(file_, header_.box);
    create_columns();
}

void EventWriter::Impl::check_columns() const {
    expects(!header_.features.empty(), "an event file has at least one feature");
    expects(kind_ != EventKind::scores ||
                (header_.features.size() == 1 && header_.features[0].name == "score"),
            "a scores file has the one column 'score'");
    std::vector<std::string> names;
    for (const auto& column : header_.features) {
        const std::string problem = io::detail::name_problem(column.name);
        if (!problem.empty()) {
            throw InputError(file_.path() + ": the name of feature '" + column.name + "' " +
                             problem + "; rename the column");
        }
        names.push_back(column.name);
    }
    std::sort(names.begin(), names.end());
    expects(std::adjacent_find(names.begin(), names.end()) == names.end(),
            "features have different names");
}

void EventWriter::Impl::create_columns() {
    file_.create_growing<double>("/mass", block_rows,
                                 {{"name", header_.mass.name}, {"unit", header_.mass.unit}});
    for (std::size_t i = 0; i < header_.features.size(); ++i) {
        const Column& column = header_.features[i];
        file_.create_growing<float>(
            "/features/" + column.name, block_rows,
            {{"unit", column.unit}, {"index", static_cast<std::int64_t>(i)}});
    }
    if (header_.has_label) file_.create_growing<std::int8_t>("/label", block_rows);
    file_.create_growing<std::uint8_t>("/partition", block_rows);
    file_.create_growing<std::int64_t>("/source_row", block_rows);
    if (header_.has_mapped) file_.create_growing<std::uint8_t>("/mapped", block_rows);
    if (header_.has_fold) file_.create_growing<std::uint8_t>("/fold", block_rows);
    if (header_.has_weight) file_.create_growing<float>("/weight", block_rows);
    if (kind_ == EventKind::latent) file_.create_growing<double>("/log_prob", block_rows);
}

void EventWriter::Impl::check_rows(const EventTable& rows, std::span<const double> log_prob) const {
    rows.check();
    expects(rows.mass_column == header_.mass && rows.feature_columns == header_.features,
            "rows have the columns of the header");
    expects(rows.size() == 0 || rows.has_label() == header_.has_label,
            "rows have a label exactly if the header says so");
    expects(rows.size() == 0 || rows.has_fold() == header_.has_fold,
            "rows have a fold exactly if the header says so");
    expects(rows.size() == 0 || rows.has_weight() == header_.has_weight,
            "rows have a weight exactly if the header says so");
    expects(rows.mapped.empty() || header_.has_mapped,
            "rows that may not be mapped are announced in the header");
    expects(log_prob.size() == (kind_ == EventKind::latent ? rows.size() : 0),
            "latent rows and no others have a log_prob each");
    const std::size_t first_row = written_ + mass_.size();
    std::string problem = io::detail::rows_problem(rows, first_row);
    if (problem.empty()) problem = io::detail::log_prob_problem(log_prob, rows.mapped, first_row);
    if (!problem.empty()) throw ContractViolation(file_.path() + ": to be written: " + problem);
}

void EventWriter::Impl::append(const EventTable& rows, std::span<const double> log_prob) {
    check_rows(rows, log_prob);
    for (std::size_t first = 0; first < rows.size();) {
        check_interrupt();
        const std::size_t count = std::min(rows.size() - first, block_rows - mass_.size());
        buffer(rows, log_prob, first, count);
        if (mass_.size() == block_rows) flush();
        first += count;
    }
}

void EventWriter::Impl::buffer(const EventTable& rows, std::span<const double> log_prob,
                               std::size_t first, std::size_t count) {
    for (std::size_t row = first; row < first + count; ++row) {
        mass_.push_back(rows.mass[row]);
        for (std::size_t i = 0; i < features_.size(); ++i) {
            features_[i].push_back(rows.features(row, i));
        }
        if (header_.has_label) label_.push_back(rows.label[row]);
        partition_.push_back(static_cast<std::uint8_t>(rows.partition[row]));
        source_row_.push_back(rows.source_row[row]);
        if (header_.has_mapped) mapped_.push_back(rows.is_mapped(row) ? 1 : 0);
        if (header_.has_fold) fold_.push_back(rows.fold[row]);
        if (header_.has_weight) weight_.push_back(rows.weight[row]);
        if (kind_ == EventKind::latent) log_prob_.push_back(log_prob[row]);
    }
}

void EventWriter::Impl::flush() {
    const std::size_t count = mass_.size();
    write_column("/mass", mass_);
    for (std::size_t i = 0; i < features_.size(); ++i) {
        write_column("/features/" + header_.features[i].name, features_[i]);
    }
    if (header_.has_label) write_column("/label", label_);
    write_column("/partition", partition_);
    write_column("/source_row", source_row_);
    if (header_.has_mapped) write_column("/mapped", mapped_);
    if (header_.has_fold) write_column("/fold", fold_);
    if (header_.has_weight) write_column("/weight", weight_);
    if (kind_ == EventKind::latent) write_column("/log_prob", log_prob_);
    written_ += count;
}

std::string EventWriter::Impl::commit(const Provenance& provenance) {
    flush();
    write_counts(file_, header_.counts);
    return file_.commit(provenance);
}

EventWriter::EventWriter(const std::string& path, EventKind kind, EventHeader header,
                         Overwrite overwrite)
    : impl_(std::make_unique<Impl>(path, kind, std::move(header), overwrite)) {}
EventWriter::~EventWriter() = default;
EventWriter::EventWriter(EventWriter&&) noexcept = default;
EventWriter& EventWriter::operator=(EventWriter&&) noexcept = default;

void EventWriter::append(const EventTable& rows, std::span<const double> log_prob) {
    impl_->append(rows, log_prob);
}
void EventWriter::set_counts(Counts counts) {
    impl_->header_.counts = std::move(counts);
}
std::string EventWriter::commit(const Provenance& provenance) {
    return impl_->commit(provenance);
}

}  // namespace lacathode
