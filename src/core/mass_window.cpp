#include "lacathode/core/mass_window.hpp"

#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {

MassWindow::MassWindow(double low, double high) : low_(low), high_(high) {
    if (!std::isfinite(low) || !std::isfinite(high) || !(low < high)) {
        throw UsageError(concat("signal region [", low, ", ", high,
                                "] is empty: give finite edges with low < high"));
    }
}

std::string MassWindow::text() const {
    return concat(low_, " < m < ", high_);
}

}  // namespace lacathode
