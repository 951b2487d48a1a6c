#include "model_file.hpp"

#include <algorithm>
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

NamedArrays read_state(const InputFile& file, const std::string& group,
                       const std::vector<ArrayLayout>& layout) {
    NamedArrays arrays;
    for (const auto& [name, shape] : layout) {
        const Shape expected(shape.begin(), shape.end());
        arrays.push_back({name, shape, file.read<float>(group + "/" + name, expected)});
    }
    return arrays;
}

Checkpoint read_checkpoint(const InputFile& file, const std::string& group,
                           const std::vector<ArrayLayout>& layout) {
    const std::int64_t epoch = file.int_attribute(group, "epoch");
    if (epoch < 1) {
        throw InputError(
            concat(file.path(), ": ", group, ": attribute 'epoch' = ", epoch, " must be positive"));
    }
    return {.epoch = static_cast<std::size_t>(epoch),
            .validation_loss = file.double_attribute(group, "validation_loss"),
            .state = read_state(file, group, layout)};
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

std::vector<Checkpoint> read_checkpoints(const InputFile& file,
                                         const std::vector<ArrayLayout>& layout) {
    const std::size_t ranks = file.children("/states").size();
    if (ranks == 0) throw InputError(file.path() + ": /states is empty: train the model again");
    std::vector<Checkpoint> best;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        best.push_back(read_checkpoint(file, rank_group(rank), layout));
    }
    return best;
}

void write_counts(OutputFile& file, const Counts& counts) {
    for (const auto& [name, value] : counts) file.set_attribute("/counts", name, value);
}

Counts read_counts(const InputFile& file) {
    Counts counts;
    if (!file.has("/counts")) return counts;
    for (const auto& [name, value] : file.attributes("/counts")) {
        counts.emplace_back(name, file.int_attribute("/counts", name));
    }
    return counts;
}

void require_possible(const InputFile& file, const std::vector<std::string>& problems) {
    if (!problems.empty()) throw InputError(file.path() + ": " + problems.front());
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
    for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : ",") + parts[i];
    return text;
}

}  // namespace lacathode::detail
