// Events that are not mapped, in signal region and sidebands (docs/method.md, section 2).
#pragma once

#include <cstdint>
#include <string>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/stages/frame/job.hpp"
#include "lacathode/stats/fisher_exact.hpp"

namespace lacathode {

/// Counts them block by block. The two regions hold what can be compared: data events that did not
/// shape the box, which are all in the signal region, and validation and test events in the
/// sidebands, or events that are applied to.
class MappingReport {
  public:
    explicit MappingReport(const MassWindow& signal_region) : window_(signal_region) {}

    void add(const EventTable& events);

    [[nodiscard]] std::int64_t not_mapped() const noexcept { return all_.hits; }
    [[nodiscard]] const Proportion& signal_region() const noexcept { return signal_region_; }
    [[nodiscard]] const Proportion& sidebands() const noexcept { return sidebands_; }

    /// `events`, `not_mapped`, and both for each region.
    [[nodiscard]] Counts counts() const;
    /// Counts, rates and the p-value of an excess in the signal region, in the summary.
    void report(Job& job) const;
    /// The same in the log. The excess is a warning if p < 0.05: of equal rates, a false alarm in
    /// at most 5 % of cases. `output`: where the events are marked.
    void log(const std::string& output) const;

  private:
    MassWindow window_;
    Proportion all_;
    Proportion signal_region_;
    Proportion sidebands_;
};

}  // namespace lacathode
