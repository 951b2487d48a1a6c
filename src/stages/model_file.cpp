#include "model_file.hpp"

#include <cstdio>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"

namespace lacathode::detail {
namespace {

std::string rank_group(std::size_t rank) {
    char name[32];
    std::snprintf(name, sizeof name, "/states/%02zu", rank);
    return name;
}

// The float32 arrays GROUP/PART/NAME; a part is a block of the flow or a layer of the classifier.
NamedArrays read_state(const InputFile& file, const std::string& group) {
    NamedArrays arrays;
    for (const std::string& part : file.children(group)) {
        for (const std::string& name : file.children(group + "/" + part)) {
            const std::string path = group + "/" + part + "/" + name;
            NamedArray array{
                .name = part + "/" + name, .shape = {}, .values = file.read<float>(path)};
            for (const std::size_t length : file.shape(path))
                array.shape.push_back(static_cast<std::int64_t>(length));
            arrays.push_back(std::move(array));
        }
    }
    return arrays;
}

}  // namespace

void write_signal_region(OutputFile& file, const MassWindow& window) {
    file.set_attribute("/", "signal_region_low", window.low());
    file.set_attribute("/", "signal_region_high", window.high());
}

MassWindow read_signal_region(const InputFile& file) {
    const double low = file.double_attribute("/", "signal_region_low");
    const double high = file.double_attribute("/", "signal_region_high");
    try {
        return {low, high};
    } catch (const UsageError& error) {
        throw InputError(file.path() + ": " + error.what());
    }
}

void write_columns(OutputFile& file, const std::string& object,
                   const std::vector<Column>& columns) {
    std::vector<std::string> names;
    std::vector<std::string> units;
    for (const Column& column : columns) {
        names.push_back(column.name);
        units.push_back(column.unit);
    }
    file.set_attribute(object, "names", joined(names));
    file.set_attribute(object, "units", joined(units));
}

std::vector<Column> read_columns(const InputFile& file, const std::string& object) {
    const auto names = split_at_commas(file.string_attribute(object, "names"));
    const auto units = split_at_commas(file.string_attribute(object, "units"));
    if (names.size() != units.size()) {
        throw InputError(concat(file.path(), ": ", object, " has ", names.size(), " names and ",
                                units.size(), " units"));
    }
    std::vector<Column> columns;
    for (std::size_t i = 0; i < names.size(); ++i) columns.push_back({names[i], units[i]});
    return columns;
}

void write_checkpoints(OutputFile& file, const std::vector<Checkpoint>& best) {
    for (std::size_t rank = 0; rank < best.size(); ++rank) {
        const std::string group = rank_group(rank);
        for (const NamedArray& array : best[rank].state) {
            const Shape shape(array.shape.begin(), array.shape.end());
            file.write<float>(group + "/" + array.name, array.values, shape);
        }
        file.set_attribute(group, "epoch", static_cast<std::int64_t>(best[rank].epoch));
        file.set_attribute(group, "validation_loss", best[rank].validation_loss);
    }
}

std::vector<Checkpoint> read_checkpoints(const InputFile& file) {
    std::vector<Checkpoint> best;
    for (const std::string& rank : file.children("/states")) {
        const std::string group = "/states/" + rank;
        best.push_back({.epoch = static_cast<std::size_t>(file.int_attribute(group, "epoch")),
                        .validation_loss = file.double_attribute(group, "validation_loss"),
                        .state = read_state(file, group)});
    }
    if (best.empty()) throw InputError(file.path() + ": /states is empty: train the model again");
    return best;
}

void write_counts(OutputFile& file, const Counts& counts) {
    for (const auto& [name, value] : counts) file.set_attribute("/counts", name, value);
}

std::size_t positive_attribute(const InputFile& file, const std::string& name) {
    const std::int64_t value = file.int_attribute("/", name);
    if (value <= 0)
        throw InputError(
            concat(file.path(), ": attribute '", name, "' = ", value, " must be positive"));
    return static_cast<std::size_t>(value);
}

std::string description(const Column& mass, const std::vector<Column>& features,
                        const MassWindow& window) {
    std::string text = mass.name + " [" + mass.unit + "], x = (";
    for (std::size_t i = 0; i < features.size(); ++i) {
        text += (i == 0 ? "" : ", ") + features[i].name + " [" + features[i].unit + "]";
    }
    return text + "), " + window.text();
}

std::vector<std::string> split_at_commas(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
    return text;
}

}  // namespace lacathode::detail
