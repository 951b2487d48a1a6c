// Event tables as files: physical events, latent coordinates and scores (docs/formats.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/feature_box.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/method.hpp"
#include "lacathode/core/provenance.hpp"
#include "lacathode/io/file_format.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/io/shared_groups.hpp"

namespace lacathode {

/// What the "features" of a table are: physical features, latent coordinates, or one score.
enum class EventKind { events, latent, scores };

/// The file format of that kind of table.
FileFormat event_format(EventKind kind);

/// All that an event file says apart from its rows.
struct EventHeader {
    Column mass;                   ///< the resonant variable
    std::vector<Column> features;  ///< D columns, in order
    MassWindow signal_region;      ///< unit of the mass
    bool has_label = false;        ///< truth is known
    bool has_mapped = false;       ///< some rows may not be mapped; absent: all are
    bool has_fold = false;         ///< rows belong to folds
    bool has_weight = false;       ///< rows stand for more or less than one event
    std::string flow_hash;         ///< flow (scores: classifier) that made the rows; empty if none
    /// Whose events trained that flow; of ANODE's inner flow those of the signal region.
    Region flow_region = Region::sideband;
    std::optional<Method> method;  ///< what the rows were made for; none: nothing in particular
    std::optional<FeatureBox> box = {};  ///< of background in feature space: where its flow maps
    Counts counts;                       ///< what the stage counted; read back sorted by name
    std::size_t rows = 0;                ///< N; the writer counts by itself and ignores it
};

/// The header of a table in memory; flow_hash, method and counts are left empty.
EventHeader header_of(const EventTable& table, const MassWindow& signal_region);

class EventReader;

/// Rows in memory at a time where nobody says how many.
inline constexpr std::size_t default_block_rows = 65'536;

/// An event file from its first row to its last, one block in memory at a time; a block is the
/// loop's to change or move from. Ends early with what EventReader::read throws.
class EventBlocks {
  public:
    class Iterator {
      public:
        using difference_type = std::ptrdiff_t;
        using value_type = EventTable;

        Iterator(const EventReader& reader, std::size_t block_rows);
        EventTable& operator*() noexcept { return block_; }
        Iterator& operator++();
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t /*end*/) const noexcept;

      private:
        void read();

        const EventReader* reader_;
        std::size_t block_rows_;
        std::size_t first_ = 0;
        EventTable block_;
    };

    EventBlocks(const EventReader& reader, std::size_t block_rows)
        : reader_(reader), block_rows_(block_rows) {}
    [[nodiscard]] Iterator begin() const { return {reader_, block_rows_}; }
    [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

  private:
    const EventReader& reader_;
    std::size_t block_rows_;
};

/// Reads an event file, whole or by rows. Opening checks format, version, content hash, columns,
/// lengths and the signal region; reading rows checks that masses, features of mapped rows and
/// log p of mapped rows and weights are finite, and that labels, partitions and mapped flags are
/// among the known values. All failures are InputErrors that name file, column, how many rows and
/// the first.
class EventReader {
  public:
    EventReader(const std::string& path, EventKind kind);
    EventReader(const std::string& path, const std::vector<EventKind>& accepted);
    ~EventReader();
    EventReader(EventReader&&) noexcept;
    EventReader& operator=(EventReader&&) noexcept;

    [[nodiscard]] EventKind kind() const noexcept;
    [[nodiscard]] const std::string& path() const noexcept;
    [[nodiscard]] const EventHeader& header() const noexcept;
    [[nodiscard]] const Provenance& provenance() const noexcept;
    [[nodiscard]] const std::string& content_hash() const noexcept;
    /// Path and content hash for the provenance of the step that reads this file.
    [[nodiscard]] InputRecord record(const std::string& role) const;
    [[nodiscard]] std::size_t rows() const noexcept { return header().rows; }

    /// Rows first ... first + count - 1; cut at the end of the table.
    [[nodiscard]] EventTable read(std::size_t first, std::size_t count) const;
    [[nodiscard]] EventTable read_all() const { return read(0, rows()); }
    /// All rows, `rows` at a time: for (EventTable& events : reader.blocks()). The reader must
    /// outlive the loop.
    [[nodiscard]] EventBlocks blocks(std::size_t rows = default_block_rows) const {
        return {*this, rows};
    }
    /// [count] log p(x|m) in feature space, NaN where not mapped. Latent files only (else
    /// ContractViolation).
    [[nodiscard]] std::vector<double> read_log_prob(std::size_t first, std::size_t count) const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// Writes an event file in row order, with memory for one block of rows only. The bytes do not
/// depend on how the rows are split over append calls.
class EventWriter {
  public:
    /// Makes the checks of check_output. Throws ContractViolation if the header names no feature
    /// or one twice.
    EventWriter(const std::string& path, EventKind kind, EventHeader header, Overwrite overwrite);
    ~EventWriter();
    EventWriter(EventWriter&&) noexcept;
    EventWriter& operator=(EventWriter&&) noexcept;

    /// Rows with the columns that the header announces. A table without `mapped` counts as all
    /// mapped. `log_prob` [N] belongs to latent files and to nothing else. Values that the reader
    /// would refuse are a ContractViolation here.
    void append(const EventTable& rows, std::span<const double> log_prob = {});
    /// Replaces the header's counts; any time before commit.
    void set_counts(Counts counts);
    /// Completes the file; returns its content hash.
    std::string commit(const Provenance& provenance);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace lacathode
