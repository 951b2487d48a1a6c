// Stage prepare: from a user's file to the event table that all other stages start from.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/io/shared_groups.hpp"
#include "lacathode/stages/events/split.hpp"
#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

enum class InputFormat { lhco, table, events };
enum class InvalidRows { error, drop };
/// What a shifted feature is shifted by (docs/method.md (1.5)).
enum class ShiftBy {
    mass,         ///< its own mass: the feature depends on m
    random_mass,  ///< that of a random event of the input: the feature is smeared
};

/// What was read of one file, or of several as one.
struct RawInput {
    RawEvents events;
    std::vector<InputRecord> records;   ///< path and hash of each file
    std::size_t rows = 0;               ///< rows in the files
    std::vector<EventOrigins> origins;  ///< of events files: what each goes back to; else empty
};

struct PreparedEvents {
    EventTable table;
    MassWindow signal_region;
    Counts counts;  ///< rows read and left out, and events by partition and truth
};

struct Prepare {
    static constexpr const char* name = "prepare";
    static constexpr const char* description =
        "Turns an LHC Olympics features file, or a table of one's own, into an events file: "
        "features computed, signal injected, data split.";
    static constexpr const char* example =
        "lacathode-prepare --input dijets.features.h5 --injected-signal 1000 --output events.h5";
    static constexpr int algorithm = 3;  // 3: extra events are set aside of the signal region

    struct Config {
        FilePatterns input;  ///< may also come as --input
        std::string input_key;
        Texts columns;  ///< name to column of the input, where they differ
        InputFormat format = InputFormat::lhco;
        std::string mass_column = "m_jj";
        std::string mass_unit = "TeV";
        double mass_scale = 1;
        std::vector<std::string> features = {"m_j1", "delta_m", "tau21_j1", "tau21_j2"};
        std::vector<std::string> feature_units;
        std::string label_column;
        std::string weight_column;  ///< empty: every event counts one
        double signal_region_low = 3.3;
        double signal_region_high = 3.7;
        std::map<std::string, double> shift;
        ShiftBy shift_by = ShiftBy::mass;
        SplitOptions split{.injected_signal = 1000};
        FilePatterns extra_background;
        ExtraSplitOptions extra;
        ExtraSplitOptions extra_signal;
        InvalidRows invalid_rows = InvalidRows::error;
    };
    struct Paths {
        std::string output;
    };

    static Section section(Config& config);
    static std::vector<std::string> problems(const Config& config);
    static std::vector<Argument> arguments(Paths& paths);
    static std::vector<StageInput> inputs(const Config& config);

    /// Shift by random masses, injection and split of `data`, and `extra` background if there is
    /// some (docs/method.md, section 1). Throws UsageError for an injection or extra background
    /// that the truth labels do not allow, and as split_events and split_extra_background do.
    static PreparedEvents compute(const Config& config, RawInput data,
                                  std::optional<RawInput> extra, const RandomStream& stream);
    /// Reads config.input and extra_background. Throws InputError for rows with values that are not
    /// finite unless config.invalid_rows is drop.
    static void run(const Config& config, const Paths& paths, Job& job);
};

}  // namespace lacathode
