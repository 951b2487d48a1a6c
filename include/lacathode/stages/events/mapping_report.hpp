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
/// sidebands, or events that are applied to. Nothing is compared if a flow of the signal region has
/// shaped it.
class MappingReport {
  public:
    /// `shaped_by`: whose events trained the flow, of several flows any that was trained in the
    /// signal region.
    explicit MappingReport(const MassWindow& signal_region, Region shaped_by = Region::sideband)
        : window_(signal_region), compares_(shaped_by == Region::sideband) {}

    void add(const EventTable& events);

    [[nodiscard]] std::int64_t not_mapped() const noexcept { return all_.hits; }
    [[nodiscard]] const Proportion& signal_region() const noexcept { return signal_region_; }
    [[nodiscard]] const Proportion& sidebands() const noexcept { return sidebands_; }

    /// `events`, `not_mapped`, and both for each region if these are compared.
    [[nodiscard]] Counts counts() const;
    /// Counts, and rates and the p-value of an excess in the signal region, in the summary.
    void report(Job& job) const;
    /// The same in the log. The excess is a warning if p < 0.05: of equal rates, a false alarm in
    /// at most 5 % of cases. `output`: where the events are marked.
    void log(const std::string& output) const;

  private:
    MassWindow window_;
    bool compares_;
    Proportion all_;
    Proportion signal_region_;
    Proportion sidebands_;
};

}  // namespace lacathode
