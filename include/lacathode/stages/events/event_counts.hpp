// How many events there are of each kind: what can be known before any training.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/events/event_selection.hpp"

namespace lacathode {

/// Events by partition, region and truth.
class EventCounts {
  public:
    explicit EventCounts(bool has_label) : has_label_(has_label) {}

    void add(Partition partition, Region region, std::int8_t label, std::size_t count = 1);

    /// One more event of the sidebands lies below the signal region, beside being added.
    void add_below(Partition partition);

    /// One more event of that region has this weight, beside being added.
    void add_weight(Region region, double weight);

    /// Some event counts as more or less than one.
    [[nodiscard]] bool is_weighted() const noexcept { return is_weighted_; }
    /// The smallest weight of a region's events, 1 at most.
    [[nodiscard]] double least_weight(Region region) const;

    /// Without truth every event counts as background.
    [[nodiscard]] bool has_label() const noexcept { return has_label_; }
    [[nodiscard]] std::size_t background(Partition partition, Region region) const;
    [[nodiscard]] std::size_t signal(Partition partition, Region region) const;
    /// Both.
    [[nodiscard]] std::size_t all(Partition partition, Region region) const;
    /// Of the sidebands, both, those below the signal region.
    [[nodiscard]] std::size_t below(Partition partition) const;

  private:
    static constexpr std::size_t most_partitions = 16;
    using ByTruth = std::array<std::size_t, 2>;
    using ByRegion = std::array<ByTruth, 2>;
    [[nodiscard]] const ByTruth& at(Partition partition, Region region) const;

    bool has_label_;
    bool is_weighted_ = false;
    std::array<double, 2> least_weight_{1, 1};  // of each region
    std::array<ByRegion, most_partitions> counts_{};
    std::array<std::size_t, most_partitions> below_{};
};

/// Reads the file block by block; `look` is given each of them too.
EventCounts count_events(const EventReader& reader,
                         const std::function<void(const EventTable&)>& look = {});

}  // namespace lacathode
