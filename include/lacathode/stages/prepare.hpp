// Stage prepare: from a user's file to the event table that all other stages start from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/context.hpp"

namespace lacathode {

/// Rows of the input with mass and (shifted) features, before injection and split.
struct RawEvents {
    EventTable table;              ///< partition: all training; source_row: row of the input
    std::size_t invalid_rows = 0;  ///< left out because a value is not finite
};

/// Injects and splits (METHOD, section 1).
/// Data = all background rows (or all rows, without truth) + `injected_signal` signal rows;
/// background and injected signal are split separately; other signal rows become
/// Partition::evaluation. Rows keep their order. Throws UsageError if more signal is asked for than
/// there is, InputError without enough rows to split.
EventTable split_events(const PrepareConfig& config, RawEvents raw, const RandomStream& stream);

/// Sets extra background aside for the idealised detector; the rest is Partition::evaluation.
EventTable split_extra_background(const PrepareConfig& config, RawEvents raw,
                                  std::int64_t first_source_row, const RandomStream& stream);

/// Everything wrong with the values, and with `input` if it names no file.
std::vector<std::string> problems_with_input(const PrepareConfig& config);

struct PreparePaths {
    std::string output;
};

/// Reads config.input (and extra_background), writes an events file. Throws InputError for rows
/// with non-finite values unless config.invalid_rows is drop.
Summary run_prepare(const PrepareConfig& config, const StageContext& context,
                    const PreparePaths& paths);

/// Stage generate-toy: the toy model as an events file.
Summary run_generate_toy(const ToyConfig& config, const StageContext& context,
                         const std::string& output);

}  // namespace lacathode
