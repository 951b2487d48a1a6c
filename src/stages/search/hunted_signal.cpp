#include "lacathode/stages/search/hunted_signal.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace lacathode {

std::string signal_name(SignalKind kind) {
    return signal_names[static_cast<std::size_t>(kind)];
}

double SoughtSignal::mean_in(const MassWindow& signal_region) const {
    return mean > 0 ? mean : signal_region.middle();
}

double Exposure::events_per_fb(std::size_t cut) const {
    const bool known = luminosity > 0 && cut > 0 && cut <= efficiencies.size();
    return known ? luminosity * efficiencies[cut - 1] : std::numeric_limits<double>::quiet_NaN();
}

double HuntedSignal::p_value() const {
    if (by_toys) return by_toys->p_value;
    return excess ? excess->p_value : std::numeric_limits<double>::quiet_NaN();
}

HuntedSignal in_events(HuntedSignal signal) {
    const double scale = signal.background.scale;
    const auto multiply = [scale](std::vector<double>& values) {
        for (double& value : values) value *= scale;
    };
    signal.background = in_events(std::move(signal.background));
    for (PseudoRegion& region : signal.bias.regions) {
        region.observed *= scale;
        region.expected *= scale;
        region.expected_error *= scale;
    }
    signal.spurious *= scale;
    signal.limit.observed *= scale;
    multiply(signal.limit.expected);
    if (signal.excess) {
        signal.excess->signal *= scale;
        signal.excess->signal_low *= scale;
        signal.excess->signal_high *= scale;
    }
    if (signal.bump) {
        multiply(signal.bump->counts);
        multiply(signal.bump->expected);
    }
    return signal;
}

}  // namespace lacathode
