// Which events are trained on, selected on, and kept for the test (docs/method.md, section 1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/random.hpp"

namespace lacathode {

/// Events with mass and features, before injection and split.
struct RawEvents {
    EventTable table;              ///< partition: all training; source_row: row of the input
    std::size_t invalid_rows = 0;  ///< left out because a value is not finite
};

/// Fractions of the data; what is left is the test set, which may be none.
struct SplitFractions {
    double training = 1.0 / 2;
    double validation = 1.0 / 6;
    bool operator==(const SplitFractions&) const = default;

    /// The fraction that is left, 0 also where but a rounding error is; negative if there is none.
    [[nodiscard]] double test() const;
};

struct SplitOptions {
    SplitFractions fractions = {};
    SplitFractions sideband = {0, 0};  ///< where they differ in the sidebands; 0: as `fractions`
    std::size_t injected_signal = 0;   ///< labelled signal events mixed into the data
    std::size_t folds = 0;             ///< parts of the data, each in turn the test set; 0: none
    std::size_t fold = 0;              ///< the one that is the test set here

    [[nodiscard]] SplitFractions sideband_fractions() const;
};

/// Data = all background rows (or all rows, without truth) + `injected_signal` signal rows;
/// background and injected signal are split separately, and if the fractions differ, so are signal
/// region and sidebands; other signal rows become Partition::evaluation. Rows keep their order.
/// With folds an event's fold, and whether it validates in the others, depend on its source_row and
/// the stream alone; the fractions then say how the events of other folds are shared.
/// `source` names the events in messages. Throws UsageError if more signal is asked for than there
/// is, InputError without enough rows to split.
EventTable split_events(const SplitOptions& options, RawEvents raw, const MassWindow& signal_region,
                        const std::string& source, const RandomStream& stream);

/// Events set aside for detectors that train on the truth.
struct ExtraSplitOptions {
    std::size_t training = 0;    ///< Partition::reference_training
    std::size_t validation = 0;  ///< Partition::reference_validation
};

/// Of the signal that is in no data (Partition::evaluation), sets events of the signal region aside
/// for a supervised classifier: Partition::reference_training and ::reference_validation. Throws
/// UsageError if there are too few.
void set_signal_aside(const ExtraSplitOptions& options, EventTable& events,
                      const MassWindow& signal_region, const RandomStream& stream);

/// Sets extra background of the signal region aside for the idealised detector; the rest is
/// Partition::evaluation. Throws InputError if a row is labelled as signal, UsageError if there are
/// too few.
EventTable split_extra_background(const ExtraSplitOptions& options, RawEvents raw,
                                  const MassWindow& signal_region, const std::string& source,
                                  std::int64_t first_source_row, const RandomStream& stream);

}  // namespace lacathode
