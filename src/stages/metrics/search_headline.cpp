#include "lacathode/stages/metrics/search_file.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <string>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

// One number a cut.
using Numbers = std::vector<double>;

// p = (k + 1) / (n + 1) of k among n toys; of none it is a bound. toys: n, 0 or NaN for another p.
Quantity p_of_toys(const std::string& name, double p_value, double toys) {
    Quantity quantity = p_value_quantity(name, p_value);
    if (toys > 0 && p_value < 1.5 / (toys + 1)) quantity.at_most = true;
    return quantity;
}

std::string at(const std::string& name, double efficiency) {
    return concat(name, "_at_", efficiency);
}

std::vector<Quantity> background_quantities(const Numbers& efficiency, Estimate kind,
                                            const Numbers& expected, const Numbers& error,
                                            const Numbers& goodness, const Numbers& goodness_toys) {
    std::vector<Quantity> all;
    for (std::size_t cut = 0; cut < efficiency.size(); ++cut) {
        if (std::isnan(expected[cut])) continue;
        all.push_back({.name = at(concat(estimate_name(kind), "_background"), efficiency[cut]),
                       .value = expected[cut],
                       .counting_error = error[cut]});
        all.push_back(p_of_toys(at(concat(estimate_name(kind), "_goodness"), efficiency[cut]),
                                goodness[cut], goodness_toys[cut]));
    }
    return all;
}

struct FoundNumbers {
    Numbers expected, error, goodness, goodness_toys, limit_low, limit, limit_high;
    Numbers signal, signal_low, signal_high, z, p_value, p_value_toys, observed_limit;
    Numbers events_per_fb;  ///< empty or NaN: not known
};

std::vector<Quantity> found_quantities(const Numbers& efficiency, const FoundNumbers& found) {
    std::vector<Quantity> all;
    for (std::size_t cut = 1; cut < efficiency.size(); ++cut) {
        const auto add = [&](const char* name, double value) -> Quantity& {
            return all.emplace_back(Quantity{.name = at(name, efficiency[cut]), .value = value});
        };
        add("background", found.expected[cut]).counting_error = found.error[cut];
        all.push_back(p_of_toys(at("goodness", efficiency[cut]), found.goodness[cut],
                                found.goodness_toys[cut]));
        add("expected_limit", found.limit[cut]).band =
            Quantity::Band{found.limit_low[cut], found.limit_high[cut]};
        const double events = found.events_per_fb.empty() ? none : found.events_per_fb[cut];
        if (!std::isnan(events)) {
            add("expected_cross_section_limit_fb", found.limit[cut] / events).band =
                Quantity::Band{found.limit_low[cut] / events, found.limit_high[cut] / events};
        }
        if (std::isnan(found.z[cut])) continue;
        add("signal", found.signal[cut]).band =
            Quantity::Band{found.signal_low[cut], found.signal_high[cut]};
        const double toys = found.p_value_toys[cut];
        add(toys > 0 ? "asymptotic_z" : "z", found.z[cut]);
        all.push_back(p_of_toys(at("local_p_value", efficiency[cut]), found.p_value[cut], toys));
        add("limit", found.observed_limit[cut]);
        if (!std::isnan(events)) add("cross_section_limit_fb", found.observed_limit[cut] / events);
    }
    return all;
}

// Of the efficiency there is none without a cut: the first is NaN.
FoundNumbers numbers_of(const HuntResult& result) {
    FoundNumbers all;
    for (const HuntedCut& cut : result.cuts) {
        const HuntedSignal* one = of_kind(cut, result.quoted);
        all.events_per_fb.push_back(result.exposure.events_per_fb(all.events_per_fb.size()));
        const bool unblinded = one != nullptr && one->excess;
        const auto of_excess = [&](double Excess::*value) {
            return unblinded ? (*one->excess).*value : none;
        };
        const auto limit = [&](std::size_t i) {
            return one != nullptr ? one->limit.expected[i] : none;
        };
        all.expected.push_back(one != nullptr ? one->background.expected() : none);
        all.error.push_back(one != nullptr ? one->background.expected_error() : none);
        all.goodness.push_back(one != nullptr ? one->background.goodness.p_value : none);
        all.goodness_toys.push_back(
            one != nullptr ? static_cast<double>(one->background.goodness.toys) : none);
        all.limit_low.push_back(limit(1));
        all.limit.push_back(limit(2));
        all.limit_high.push_back(limit(3));
        all.signal.push_back(of_excess(&Excess::signal));
        all.signal_low.push_back(of_excess(&Excess::signal_low));
        all.signal_high.push_back(of_excess(&Excess::signal_high));
        all.z.push_back(of_excess(&Excess::z));
        all.p_value.push_back(one != nullptr ? one->p_value() : none);
        const bool by_toys = one != nullptr && one->by_toys;
        all.p_value_toys.push_back(by_toys ? static_cast<double>(one->by_toys->toys) : 0);
        all.observed_limit.push_back(one != nullptr ? one->limit.observed : none);
    }
    return all;
}

Numbers read_efficiency(const InputFile& file) {
    Numbers efficiency = file.read<double>("/background_efficiency");
    if (efficiency.empty()) throw InputError(file.path() + ": /background_efficiency is empty");
    return efficiency;
}

// Of p-values of this name; older files do not tell.
Numbers read_toys(const InputFile& file, const std::string& name, std::size_t cuts) {
    return file.has(name) ? file.read<double>(name, {cuts}) : Numbers(cuts, none);
}

}  // namespace

std::vector<Quantity> headline(const MassSpectra& spectra,
                               const BackgroundEstimates& estimates_of_cuts) {
    std::vector<Quantity> all;
    for (const Estimate kind : estimates) {
        Numbers expected, error, goodness, goodness_toys;
        for (const auto& of_cut : estimates_of_cuts) {
            const BackgroundEstimate* one = of_kind(of_cut, kind);
            expected.push_back(one != nullptr ? one->expected() : none);
            error.push_back(one != nullptr ? one->expected_error() : none);
            goodness.push_back(one != nullptr ? one->goodness.p_value : none);
            goodness_toys.push_back(one != nullptr ? static_cast<double>(one->goodness.toys)
                                                   : none);
        }
        std::ranges::move(background_quantities(spectra.efficiencies, kind, expected, error,
                                                goodness, goodness_toys),
                          std::back_inserter(all));
    }
    return all;
}

std::vector<Quantity> headline(const MassSpectra& spectra, const HuntResult& result) {
    return found_quantities(spectra.efficiencies, numbers_of(result));
}

std::vector<Quantity> read_background(const InputFile& file) {
    const Numbers efficiency = read_efficiency(file);
    const Shape shape = {efficiency.size()};
    std::vector<Quantity> all;
    for (const Estimate kind : estimates) {
        const auto numbers = [&](const char* name) {
            return file.read<double>(concat("/", estimate_name(kind), "/", name), shape);
        };
        const Numbers toys =
            read_toys(file, concat("/", estimate_name(kind), "/goodness_toys"), efficiency.size());
        std::ranges::move(
            background_quantities(efficiency, kind, numbers("expected"), numbers("error"),
                                  numbers("goodness_p_value"), toys),
            std::back_inserter(all));
    }
    return all;
}

std::vector<Quantity> read_hunt(const InputFile& file) {
    const Numbers efficiency = read_efficiency(file);
    const std::string group = concat("/", file.string_attribute("/", "quoted"));
    const auto numbers = [&](const char* name) {
        return file.read<double>(concat(group, "/", name), {efficiency.size()});
    };
    FoundNumbers found{
        .expected = numbers("expected"),
        .error = numbers("error"),
        .goodness = numbers("goodness_p_value"),
        .goodness_toys = read_toys(file, group + "/goodness_toys", efficiency.size()),
        .limit_low = {},
        .limit = {},
        .limit_high = {},
        .signal = numbers("signal"),
        .signal_low = numbers("signal_low"),
        .signal_high = numbers("signal_high"),
        .z = numbers("z"),
        .p_value = numbers("p_value"),
        .p_value_toys = read_toys(file, group + "/p_value_toys", efficiency.size()),
        .observed_limit = numbers("limit/observed"),
        .events_per_fb = {}};
    if (file.has("/events_per_fb"))
        found.events_per_fb = file.read<double>("/events_per_fb", {efficiency.size()});
    const Numbers limits =
        file.read<double>(group + "/limit/expected", {efficiency.size(), std::size_t{5}});
    for (std::size_t cut = 0; cut < efficiency.size(); ++cut) {
        found.limit_low.push_back(limits[5 * cut + 1]);
        found.limit.push_back(limits[5 * cut + 2]);
        found.limit_high.push_back(limits[5 * cut + 3]);
    }
    return found_quantities(efficiency, found);
}

}  // namespace lacathode
