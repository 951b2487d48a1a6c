#include "stages/check_flow/latent_checks.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stats/equal_content_bins.hpp"

namespace lacathode {
namespace {

// The bins of equal content between two neighbouring edges of the signal region, or beyond one.
std::vector<LatentBin> bins_between(const EventTable& latent, Region region, std::size_t bins,
                                    const std::string& where) {
    if (latent.size() < bins * least_in_latent_bin) {
        throw InputError(concat("only ", latent.size(), " mapped events in the ", where,
                                " for check_flow.bins = ", bins, " of ", least_in_latent_bin,
                                " events at least: use fewer bins"));
    }
    const std::vector<double> edges = equal_content_edges(latent.mass, bins);
    const std::vector<std::uint32_t> bin_of = bin_indices(latent.mass, edges);
    std::vector<LatentBin> all;
    for (std::size_t bin = 0; bin < bins; ++bin) {
        all.push_back({edges[bin], edges[bin + 1], region, {}});
        for (std::size_t column = 0; column < latent.features.cols(); ++column) {
            std::vector<float> z;
            for (std::size_t row = 0; row < latent.size(); ++row) {
                if (bin_of[row] == bin) z.push_back(latent.features(row, column));
            }
            all.back().coordinates.push_back(normality(z));
        }
    }
    return all;
}

}  // namespace

Proportion not_mapped(const EventTable& latent, const MassWindow& window, Region region) {
    Proportion found;
    for (std::size_t row = 0; row < latent.size(); ++row) {
        if (window.contains(latent.mass[row]) != (region == Region::signal_region)) continue;
        ++found.events;
        found.hits += latent.is_mapped(row) ? 0 : 1;
    }
    return found;
}

std::vector<LatentBin> latent_bins(const EventTable& latent, const MassWindow& window,
                                   std::size_t bins) {
    const auto part = [&](const auto& holds) {
        return latent.take(rows_where(latent, [&](std::size_t row) {
            return latent.is_mapped(row) && holds(latent.mass[row]);
        }));
    };
    const EventTable below = part([&](double mass) { return mass <= window.low(); });
    const EventTable inside = part([&](double mass) { return window.contains(mass); });
    const EventTable above = part([&](double mass) { return mass >= window.high(); });
    std::vector<LatentBin> all;
    const auto add = [&](const EventTable& events, Region region, const char* where) {
        std::ranges::move(bins_between(events, region, bins, where), std::back_inserter(all));
    };
    // The signal region may lie at an end of the spectrum.
    if (below.size() > 0) add(below, Region::sideband, "lower sideband");
    add(inside, Region::signal_region, "signal region");
    if (above.size() > 0) add(above, Region::sideband, "upper sideband");
    return all;
}

std::vector<Independence> independence_of_mass(const EventTable& latent, std::size_t classes) {
    const std::vector<std::uint32_t> of_mass = equal_content_classes(latent.mass, classes);
    std::vector<Independence> all;
    const auto add = [&](const std::vector<double>& values) {
        all.push_back(independence(equal_content_classes(values, classes), of_mass, classes));
    };
    std::vector<double> squares(latent.size(), 0);
    for (std::size_t column = 0; column < latent.features.cols(); ++column) {
        std::vector<double> z;
        for (std::size_t row = 0; row < latent.size(); ++row)
            z.push_back(static_cast<double>(latent.features(row, column)));
        for (std::size_t row = 0; row < latent.size(); ++row) squares[row] += z[row] * z[row];
        add(z);
    }
    add(squares);
    return all;
}

}  // namespace lacathode
