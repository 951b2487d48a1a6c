#include "lacathode/io/shared_groups.hpp"

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

constexpr const char* flow_region = "flow_region";
constexpr const char* of_signal_region = "signal_region";

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
        file.refuse(concat("signal region: ", error.what()));
    }
}

void write_flow_region(OutputFile& file, Region region) {
    if (region == Region::signal_region)
        file.set_attribute("/", flow_region, std::string(of_signal_region));
}

Region read_flow_region(const InputFile& file) {
    if (!file.has_attribute("/", flow_region)) return Region::sideband;
    const std::string name = file.string_attribute("/", flow_region);
    if (name == of_signal_region) return Region::signal_region;
    file.refuse(
        concat("attribute '", flow_region, "' = '", name, "' is not '", of_signal_region, "'"));
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

void write_box(OutputFile& file, const std::optional<FeatureBox>& box) {
    if (!box) return;
    file.write_vector<double>("/box/min", box->low());
    file.write_vector<double>("/box/max", box->high());
}

std::optional<FeatureBox> read_box(const InputFile& file, std::size_t features) {
    if (!file.has("/box")) return std::nullopt;
    auto low = file.read<double>("/box/min", {features});
    auto high = file.read<double>("/box/max", {features});
    return with_path(file.path(), [&] { return FeatureBox(std::move(low), std::move(high)); });
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

}  // namespace lacathode
