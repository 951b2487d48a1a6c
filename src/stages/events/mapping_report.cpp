#include "lacathode/stages/events/mapping_report.hpp"

#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

constexpr double alarming_p_value = 0.05;

// The sideband training events span the box; hardly one of them can lie outside.
bool is_compared(Partition partition, bool in_signal_region) {
    switch (partition) {
        case Partition::training:
            return in_signal_region;
        case Partition::validation:
        case Partition::test:
        case Partition::applied:
            return true;
        default:
            return false;
    }
}

void count(Proportion& proportion, bool hit) {
    ++proportion.events;
    proportion.hits += hit ? 1 : 0;
}

std::string text(const Proportion& proportion) {
    return concat(proportion.hits, " of ", proportion.events, " (", 100 * proportion.rate(), " %)");
}

}  // namespace

void MappingReport::add(const EventTable& events) {
    for (std::size_t row = 0; row < events.size(); ++row) {
        const bool outside = !events.is_mapped(row);
        count(all_, outside);
        const bool in_signal_region = window_.contains(events.mass[row]);
        if (!is_compared(events.partition[row], in_signal_region)) continue;
        count(in_signal_region ? signal_region_ : sidebands_, outside);
    }
}

Counts MappingReport::counts() const {
    if (!compares_) return {{"events", all_.events}, {"not_mapped", all_.hits}};
    return {{"events", all_.events},
            {"not_mapped", all_.hits},
            {"signal_region_events", signal_region_.events},
            {"signal_region_not_mapped", signal_region_.hits},
            {"sideband_events", sidebands_.events},
            {"sideband_not_mapped", sidebands_.hits}};
}

void MappingReport::report(Job& job) const {
    job.report(counts());
    if (!compares_) return;
    job.report("signal_region_not_mapped_rate", signal_region_.rate());
    job.report("sideband_not_mapped_rate", sidebands_.rate());
    job.report("not_mapped_excess_p_value", excess_p_value(signal_region_, sidebands_));
}

void MappingReport::log(const std::string& output) const {
    if (all_.hits == 0) return;
    log_warning(concat(all_.hits, " of ", all_.events,
                       " events are not mapped (outside the range of features that the flow knows, "
                       "or z absurd); they are marked in ",
                       output, ", and evaluations do not select them unless told to"));
    if (!compares_) return;
    const std::string regions =
        concat("not mapped: ", text(signal_region_), " in the signal region, ", text(sidebands_),
               " in the sidebands");
    if (!(signal_region_.rate() > sidebands_.rate())) return log_info(regions);
    const double p_value = excess_p_value(signal_region_, sidebands_);
    const std::string excess =
        concat(regions, "; p = ", p_value, " (one-sided, Fisher's exact test)");
    if (p_value >= alarming_p_value) return log_info(excess);
    log_warning(concat(excess,
                       ": events that the sidebands do not have may be the signal itself; look at "
                       "them, evaluate with unmapped = selected, or widen the range with "
                       "train_flow.box_margin"));
}

}  // namespace lacathode
