// Reading the input of stage prepare: dijet features computed, or a user's columns taken.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lacathode/config/field.hpp"
#include "lacathode/stages/prepare.hpp"

namespace lacathode {

/// The files that the patterns mean, with their numbered roles. Throws InputError
/// for a pattern that matches none.
std::vector<StageInput> input_files(const FilePatterns& patterns, const std::string& role);

/// The files as one table of events, read block by block; all of them are checked before. Every row
/// has Partition::training.
class RawEventReader {
  public:
    /// Throws InputError if a file cannot be read, has other columns than the first, or is the same
    /// as another. `truth`: optional for files that may lack the truth column that config names.
    RawEventReader(const Prepare::Config& config, const std::vector<StageInput>& files,
                   Presence truth = Presence::required);
    ~RawEventReader();
    RawEventReader(const RawEventReader&) = delete;
    RawEventReader& operator=(const RawEventReader&) = delete;

    /// A table without rows.
    [[nodiscard]] const EventTable& columns() const noexcept;
    [[nodiscard]] bool has_label() const noexcept;
    [[nodiscard]] bool has_weight() const noexcept;
    /// Path and hash of each file.
    [[nodiscard]] const std::vector<InputRecord>& records() const noexcept;
    [[nodiscard]] std::size_t rows() const noexcept;          ///< in the files
    [[nodiscard]] std::size_t rows_read() const noexcept;     ///< so far
    [[nodiscard]] std::size_t invalid_rows() const noexcept;  ///< left out so far

    /// The events of the next rows, perhaps none; nothing after the last row. Throws InputError for
    /// a label that is none, and a row with a value that is not finite unless config.invalid_rows
    /// is drop.
    std::optional<EventTable> next();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// All of them, in memory. Throws as RawEventReader does, and for more rows than this machine's
/// memory holds.
RawInput read_raw_events(const Prepare::Config& config, const std::vector<StageInput>& files,
                         Presence truth = Presence::required);

/// Says how many of the input's rows were left out, if any; `files` as the configuration names
/// them.
void warn_of_invalid_rows(const std::string& files, std::size_t invalid_rows, std::size_t rows);

}  // namespace lacathode
