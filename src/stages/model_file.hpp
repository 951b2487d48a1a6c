// What the files of both networks have in common.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/ml/checkpoint.hpp"
#include "lacathode/ml/state_layout.hpp"

namespace lacathode::detail {

template <FileElement T>
void write_vector(OutputFile& file, const std::string& name, const std::vector<T>& values) {
    file.write<T>(name, values, {values.size()});
}

void write_signal_region(OutputFile& file, const MassWindow& window);
MassWindow read_signal_region(const InputFile& file);

/// Attributes `names` and `units` of the object, comma-separated.
void write_columns(OutputFile& file, const std::string& object, const std::vector<Column>& columns);
std::vector<Column> read_columns(const InputFile& file, const std::string& object);

/// /states/RANK with the attributes epoch and validation_loss, best first.
void write_checkpoints(OutputFile& file, const std::vector<Checkpoint>& best);
/// Every state holds the arrays of `layout`, in its order.
std::vector<Checkpoint> read_checkpoints(const InputFile& file,
                                         const std::vector<ArrayLayout>& layout);

void write_counts(OutputFile& file, const Counts& counts);
Counts read_counts(const InputFile& file);  ///< sorted by name

/// Throws InputError that names the file unless `problems` is empty.
void require_possible(const InputFile& file, const std::vector<std::string>& problems);

/// A root attribute that counts something; throws InputError unless it is positive.
std::size_t positive_attribute(const InputFile& file, const std::string& name);

/// "m_jj [TeV], x = (m_j1 [TeV], ...), 3.3 < m < 3.7", for messages.
std::string description(const Column& mass, const std::vector<Column>& features,
                        const MassWindow& window);

std::vector<std::string> split_at_commas(const std::string& text);
std::string joined(const std::vector<std::string>& parts);

}  // namespace lacathode::detail
