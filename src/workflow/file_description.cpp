#include "lacathode/workflow/file_description.hpp"

#include <algorithm>
#include <set>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/column_table.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/io/file_hash.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/own_file.hpp"
#include "lacathode/stages/metrics/headline_file.hpp"

namespace lacathode {
namespace {

// Follows inputs to theirs. The inputs of a file are told once, since many files share theirs.
class Tracer {
  public:
    std::vector<TracedInput> trace(const std::vector<InputRecord>& records) {
        std::vector<TracedInput> inputs;
        for (const InputRecord& record : records) inputs.push_back(trace(record));
        return inputs;
    }

  private:
    // One that cannot be opened just now is told as one that is no more.
    static std::optional<InputFile> opened(const std::string& path) {
        try {
            return open_own_file(path);
        } catch (const InputError&) {
            return std::nullopt;
        }
    }
    TracedInput trace(const InputRecord& record) {
        const std::optional<InputFile> file = opened(record.path);
        TracedInput input{.record = record,
                          .state = file ? state_of(record, file->content_hash()) : state_of(record),
                          .format = {},
                          .inputs = {}};
        if (!file || input.state != InputState::same) return input;
        input.format = format_name(file->format());
        input.is_above = !told_.insert(file->content_hash()).second;
        if (!input.is_above) input.inputs = trace(file->provenance().inputs);
        return input;
    }

    static InputState state_of(const InputRecord& record, const std::string& found) {
        return found == record.content_hash ? InputState::same : InputState::changed;
    }
    // Of a file that is none of ours, or damaged.
    static InputState state_of(const InputRecord& record) {
        try {
            return state_of(record, file_hash(record.path));
        } catch (const InputError&) {
            return InputState::missing;
        }
    }

    std::set<std::string> told_;  // content hashes
};

Attributes attributes_of(const InputFile& file) {
    Attributes attributes = file.attributes("/");
    std::erase_if(attributes, [](const Attribute& attribute) {
        return attribute.name == "format" || attribute.name == "format_version";
    });
    return attributes;
}

// Every column of the file, as docs/formats.md names them.
std::vector<Column> columns_of(const EventReader& events) {
    const EventHeader& header = events.header();
    std::vector<Column> columns = {header.mass};
    std::ranges::copy(header.features, std::back_inserter(columns));
    if (events.kind() == EventKind::latent) columns.push_back({"log_prob"});
    if (header.has_label) columns.push_back({"label"});
    if (header.has_mapped) columns.push_back({"mapped"});
    columns.push_back({"partition"});
    columns.push_back({"source_row"});
    if (header.has_fold) columns.push_back({"fold"});
    if (header.has_weight) columns.push_back({"weight"});
    return columns;
}

void describe_events(const std::string& path, FileDescription& description) {
    const EventReader events(path, {EventKind::events, EventKind::latent, EventKind::scores});
    description.rows = events.rows();
    description.columns = columns_of(events);
}

void describe_model(const InputFile& file, const std::string& columns,
                    FileDescription& description) {
    description.columns = read_columns(file, columns);
    if (file.has("/trees")) {
        // Losses are of those after the best one too, which are not kept.
        const auto roots = std::ssize(file.read<std::int64_t>("/trees/first_node"));
        description.results.emplace_back("trees", std::max<std::int64_t>(roots - 1, 0));
        return;
    }
    // The first loss is that before the training.
    const auto losses = std::ssize(file.read<double>("/losses/training"));
    description.results.emplace_back("epochs", std::max<std::int64_t>(losses - 1, 0));
    if (!file.has("/states")) return;
    description.results.emplace_back("epochs_kept", std::ssize(file.children("/states")));
}

void describe_content(const InputFile& file, FileDescription& description) {
    switch (file.format()) {
        case FileFormat::events:
        case FileFormat::latent:
        case FileFormat::scores:
            return describe_events(file.path(), description);
        case FileFormat::flow:
            return describe_model(file, "/preprocessing", description);
        case FileFormat::classifier:
            return describe_model(file, "/standardisation", description);
        case FileFormat::metrics:
            for (const Quantity& quantity : read_headline(file.path())) {
                description.results.emplace_back(quantity.name, quantity.value);
            }
            return;
        case FileFormat::study:
            description.results.emplace_back("chains", std::ssize(file.children("/chain")));
            return;
        case FileFormat::training:
            description.results.emplace_back("arrays", file.int_attribute("/", "arrays"));
    }
}

}  // namespace

std::string state_name(InputState state) {
    switch (state) {
        case InputState::same:
            return "same";
        case InputState::changed:
            return "changed";
        case InputState::missing:
            return "missing";
    }
    throw ContractViolation("no such state of an input");
}

std::optional<FileDescription> describe_own_file(const std::string& path) {
    if (!is_own_file(path)) return std::nullopt;
    const InputFile file(path, all_formats());
    file.verify();
    FileDescription description{.format = format_name(file.format()),
                                .version = file.int_attribute("/", "format_version"),
                                .is_sealed = file.is_sealed(),
                                .attributes = attributes_of(file),
                                .rows = {},
                                .columns = {},
                                .counts = read_counts(file),
                                .results = {},
                                .provenance = file.provenance(),
                                .inputs = Tracer().trace(file.provenance().inputs)};
    describe_content(file, description);
    return description;
}

std::vector<TableDescription> describe_tables(const std::string& path) {
    std::vector<std::string> keys = table_keys(path);
    if (keys.empty()) keys = {""};  // opening says what is missing
    std::vector<TableDescription> tables;
    std::vector<std::string> refusals;
    for (const std::string& key : keys) {
        try {
            const auto table = ColumnTable::open(path, key);
            tables.push_back({table->description(), table->rows(), table->columns()});
        } catch (const InputError& error) {
            refusals.emplace_back(error.what());
        }
    }
    if (tables.empty()) throw InputError(joined(refusals, "\n"));
    for (const std::string& refusal : refusals) log_warning(refusal);
    return tables;
}

}  // namespace lacathode
