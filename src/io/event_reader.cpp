#include <algorithm>

#include "io/event_check.hpp"
#include "io/event_header.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/io/input_file.hpp"

namespace lacathode {
namespace {

std::vector<FileFormat> formats_of(const std::vector<EventKind>& kinds) {
    std::vector<FileFormat> formats;
    for (const auto kind : kinds) formats.push_back(event_format(kind));
    return formats;
}

EventKind kind_of(FileFormat format) {
    if (format == FileFormat::events) return EventKind::events;
    return format == FileFormat::latent ? EventKind::latent : EventKind::scores;
}

}  // namespace

class EventReader::Impl {
  public:
    Impl(const std::string& path, const std::vector<EventKind>& accepted)
        : file_(path, formats_of(accepted)), header_(io::detail::read_event_header(file_)) {}

    [[nodiscard]] EventTable read(std::size_t first, std::size_t wanted) const;
    [[nodiscard]] std::vector<double> read_log_prob(std::size_t first, std::size_t wanted) const;
    /// `count`, cut at the end of the table.
    [[nodiscard]] std::size_t rows_from(std::size_t first, std::size_t count) const {
        expects(first <= header_.rows, "the first row is within the table");
        return std::min(count, header_.rows - first);
    }

    InputFile file_;
    EventHeader header_;

  private:
    void read_features(EventTable& table, std::size_t first, std::size_t count) const;
};

void EventReader::Impl::read_features(EventTable& table, std::size_t first,
                                      std::size_t count) const {
    table.features = Matrix<float>(count, header_.features.size());
    for (std::size_t i = 0; i < header_.features.size(); ++i) {
        check_interrupt();
        const auto values =
            file_.read_rows<float>("/features/" + header_.features[i].name, first, count);
        for (std::size_t row = 0; row < count; ++row) table.features(row, i) = values[row];
    }
}

EventTable EventReader::Impl::read(std::size_t first, std::size_t wanted) const {
    const std::size_t count = rows_from(first, wanted);
    EventTable table;
    table.mass_column = header_.mass;
    table.feature_columns = header_.features;
    table.mass = file_.read_rows<double>("/mass", first, count);
    read_features(table, first, count);
    if (header_.has_label) table.label = file_.read_rows<std::int8_t>("/label", first, count);
    for (const auto value : file_.read_rows<std::uint8_t>("/partition", first, count)) {
        table.partition.push_back(static_cast<Partition>(value));
    }
    table.source_row = file_.read_rows<std::int64_t>("/source_row", first, count);
    if (header_.has_mapped) table.mapped = file_.read_rows<std::uint8_t>("/mapped", first, count);
    if (header_.has_fold) table.fold = file_.read_rows<std::uint8_t>("/fold", first, count);
    if (header_.has_weight) table.weight = file_.read_rows<float>("/weight", first, count);
    const std::string problem = io::detail::rows_problem(table, first);
    if (!problem.empty()) file_.refuse(problem);
    return table;
}

std::vector<double> EventReader::Impl::read_log_prob(std::size_t first, std::size_t wanted) const {
    expects(file_.format() == FileFormat::latent, "only latent files have a log_prob");
    const std::size_t count = rows_from(first, wanted);
    auto values = file_.read_rows<double>("/log_prob", first, count);
    std::vector<std::uint8_t> mapped;
    if (header_.has_mapped) mapped = file_.read_rows<std::uint8_t>("/mapped", first, count);
    const std::string problem = io::detail::log_prob_problem(values, mapped, first);
    if (!problem.empty()) file_.refuse(problem);
    return values;
}

EventReader::EventReader(const std::string& path, EventKind kind)
    : EventReader(path, std::vector<EventKind>{kind}) {}
EventReader::EventReader(const std::string& path, const std::vector<EventKind>& accepted)
    : impl_(std::make_unique<Impl>(path, accepted)) {}
EventReader::~EventReader() = default;
EventReader::EventReader(EventReader&&) noexcept = default;
EventReader& EventReader::operator=(EventReader&&) noexcept = default;

EventKind EventReader::kind() const noexcept {
    return kind_of(impl_->file_.format());
}
const std::string& EventReader::path() const noexcept {
    return impl_->file_.path();
}
const EventHeader& EventReader::header() const noexcept {
    return impl_->header_;
}
const Provenance& EventReader::provenance() const noexcept {
    return impl_->file_.provenance();
}
const std::string& EventReader::content_hash() const noexcept {
    return impl_->file_.content_hash();
}
InputRecord EventReader::record(const std::string& role) const {
    return impl_->file_.record(role);
}
EventTable EventReader::read(std::size_t first, std::size_t count) const {
    return impl_->read(first, count);
}
std::vector<double> EventReader::read_log_prob(std::size_t first, std::size_t count) const {
    return impl_->read_log_prob(first, count);
}

EventBlocks::Iterator::Iterator(const EventReader& reader, std::size_t block_rows)
    : reader_(&reader), block_rows_(block_rows) {
    expects(block_rows > 0, "a block has rows");
    read();
}

EventBlocks::Iterator& EventBlocks::Iterator::operator++() {
    first_ += std::min(block_rows_, reader_->rows() - first_);
    read();
    return *this;
}

bool EventBlocks::Iterator::operator==(std::default_sentinel_t /*end*/) const noexcept {
    return first_ >= reader_->rows();
}

void EventBlocks::Iterator::read() {
    check_interrupt();
    if (first_ < reader_->rows()) block_ = reader_->read(first_, block_rows_);
}

}  // namespace lacathode
