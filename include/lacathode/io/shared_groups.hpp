// What several file formats have in common (docs/formats.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/feature_box.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"

namespace lacathode {

/// What a stage counted, by name.
using Counts = std::vector<std::pair<std::string, std::int64_t>>;

/// Attributes signal_region_low and signal_region_high of the file.
void write_signal_region(OutputFile& file, const MassWindow& window);
MassWindow read_signal_region(const InputFile& file);

/// Attribute flow_region of the file: whose events trained its flow. Nothing of the sidebands, so
/// that such a file is what it was in versions that did not say.
void write_flow_region(OutputFile& file, Region region);
Region read_flow_region(const InputFile& file);

/// Attributes of /counts.
void write_counts(OutputFile& file, const Counts& counts);
Counts read_counts(const InputFile& file);  ///< sorted by name; empty if there is no such group

/// /box/{min,max} float64 [D]; nothing without a box.
void write_box(OutputFile& file, const std::optional<FeatureBox>& box);
/// Throws InputError unless there is none or one of `features` features.
std::optional<FeatureBox> read_box(const InputFile& file, std::size_t features);

/// Attributes `names` and `units` of the object, comma-separated.
void write_columns(OutputFile& file, const std::string& object, const std::vector<Column>& columns);
std::vector<Column> read_columns(const InputFile& file, const std::string& object);

}  // namespace lacathode
