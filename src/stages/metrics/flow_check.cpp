#include "lacathode/stages/metrics/flow_check.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/shared_groups.hpp"
#include "lacathode/stages/metrics/evaluated.hpp"
#include "lacathode/stats/multiple_tests.hpp"

namespace lacathode {
namespace {

// The bins of one region and their coordinates, as one list.
std::vector<Normality> coordinates_of(const FlowCheck& check, Region region) {
    std::vector<Normality> all;
    for (const LatentBin& bin : check.bins) {
        if (bin.region == region)
            all.insert(all.end(), bin.coordinates.begin(), bin.coordinates.end());
    }
    return all;
}

template <class Test>
double combined(const std::vector<Test>& tests) {
    std::vector<double> p_values;
    for (const Test& test : tests) p_values.push_back(test.p_value);
    return combined_p_value(p_values);
}

double farthest(const std::vector<Normality>& tests, double Normality::*moment, double from) {
    return std::ranges::max(tests, {},
                            [&](const Normality& test) { return std::abs(test.*moment - from); }).*
           moment;
}

void add_normality(std::vector<Quantity>& all, const FlowCheck& check, Region region) {
    const std::vector<Normality> tests = coordinates_of(check, region);
    expects(!tests.empty(), "both regions have a bin");
    const std::string name =
        region == Region::sideband ? "sideband_latent_" : "signal_region_latent_";
    all.push_back(p_value_quantity(name + "p_value", combined(tests)));
    all.push_back({.name = name + "distance",
                   .value = std::ranges::max(tests, {}, &Normality::distance).distance});
    all.push_back({.name = name + "mean", .value = farthest(tests, &Normality::mean, 0)});
    all.push_back({.name = name + "variance", .value = farthest(tests, &Normality::variance, 1)});
}

// One value a bin.
template <class T, class Value>
void write_bins(OutputFile& file, const std::string& name, const std::vector<LatentBin>& bins,
                const Value& value) {
    std::vector<T> values;
    for (const LatentBin& bin : bins) values.push_back(static_cast<T>(value(bin)));
    file.write_vector<T>(name, values);
}

// One value a bin and coordinate.
void write_coordinates(OutputFile& file, const std::string& name,
                       const std::vector<LatentBin>& bins, double Normality::*value) {
    std::vector<double> values;
    for (const LatentBin& bin : bins) {
        for (const Normality& coordinate : bin.coordinates) values.push_back(coordinate.*value);
    }
    file.write<double>(name, values, {bins.size(), bins.front().coordinates.size()});
}

void write_independence(OutputFile& file, const std::string& name,
                        const std::vector<Independence>& tests, double Independence::*value) {
    std::vector<double> values;
    for (const Independence& test : tests) values.push_back(test.*value);
    file.write_vector<double>(name, values);
}

void write_counts(OutputFile& file, const FlowCheck& check) {
    const Counts counts = {{"sideband_events", check.sideband.events},
                           {"sideband_not_mapped", check.sideband.hits},
                           {"signal_region_events", check.signal_region.events},
                           {"signal_region_not_mapped", check.signal_region.hits},
                           {"two_sample_events", check.two_sample.events},
                           {"two_sample_not_mapped", check.two_sample.not_mapped}};
    for (const auto& [name, value] : counts) file.set_attribute("/", name, value);
}

}  // namespace

std::vector<Quantity> headline(const FlowCheck& check) {
    std::vector<Quantity> all;
    add_normality(all, check, Region::sideband);
    add_normality(all, check, Region::signal_region);
    all.push_back(p_value_quantity("independence_p_value", combined(check.of_mass)));
    all.push_back(
        {.name = "independence_association",
         .value = std::ranges::max(check.of_mass, {}, &Independence::association).association});
    all.push_back(p_value_quantity("two_sample_p_value", check.two_sample.test.p_value));
    all.push_back({.name = "two_sample_auc", .value = check.two_sample.test.area});
    all.push_back({.name = "two_sample_z_score", .value = check.two_sample.test.z_score});
    all.push_back(p_value_quantity("not_mapped_excess_p_value",
                                   excess_p_value(check.signal_region, check.sideband)));
    all.push_back({.name = "sideband_not_mapped_rate", .value = check.sideband.rate()});
    all.push_back({.name = "signal_region_not_mapped_rate", .value = check.signal_region.rate()});
    return all;
}

void write_flow_check(OutputFile& file, const FlowCheckHeader& header, const FlowCheck& check) {
    file.set_attribute("/", "kind", std::string(flow_check_kind));
    file.set_attribute("/", "mass_name", header.mass.name);
    file.set_attribute("/", "mass_unit", header.mass.unit);
    file.set_attribute("/", "partition", evaluated_part_name(header.part));
    file.set_attribute("/", "judged", judged_name(check.judged));
    file.set_attribute("/", "failures", header.failures);
    write_signal_region(file, header.signal_region);
    write_quantities(file, headline(check));
    write_counts(file, check);
    write_bins<double>(file, "/bins/low", check.bins, [](const auto& bin) { return bin.low; });
    write_bins<double>(file, "/bins/high", check.bins, [](const auto& bin) { return bin.high; });
    write_bins<std::uint8_t>(file, "/bins/in_signal_region", check.bins, [](const auto& bin) {
        return bin.region == Region::signal_region ? 1 : 0;
    });
    write_bins<std::int64_t>(file, "/bins/events", check.bins,
                             [](const auto& bin) { return bin.coordinates.front().events; });
    write_coordinates(file, "/latent/mean", check.bins, &Normality::mean);
    write_coordinates(file, "/latent/variance", check.bins, &Normality::variance);
    write_coordinates(file, "/latent/distance", check.bins, &Normality::distance);
    write_coordinates(file, "/latent/p_value", check.bins, &Normality::p_value);
    write_independence(file, "/independence/chi2", check.of_mass, &Independence::chi2);
    write_independence(file, "/independence/association", check.of_mass,
                       &Independence::association);
    write_independence(file, "/independence/p_value", check.of_mass, &Independence::p_value);
}

std::vector<Quantity> read_flow_check(const InputFile& file) {
    // The names, of a check of nothing.
    FlowCheck any;
    any.bins = {{0, 1, Region::sideband, {{}}}, {0, 1, Region::signal_region, {{}}}};
    any.of_mass = {{}};
    std::vector<Quantity> quantities = headline(any);
    for (Quantity& quantity : quantities) {
        const double value = file.double_attribute("/", quantity.name);
        quantity = quantity.name.ends_with("p_value") ? p_value_quantity(quantity.name, value)
                                                      : Quantity{quantity.name, value};
    }
    return quantities;
}

}  // namespace lacathode
