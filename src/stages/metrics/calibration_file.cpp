#include "lacathode/stages/metrics/calibration_file.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

constexpr const char* global_group = "/global/";

// The results of one method, which lie side by side.
template <class Result>
std::span<const Result> of_method(const std::vector<Result>& all, std::size_t first) {
    std::size_t last = first;
    while (last < all.size() && all[last].method == all[first].method) ++last;
    return std::span(all).subspan(first, last - first);
}

template <class T, class Result>
void write_values(OutputFile& file, const std::string& name, std::span<const Result> results,
                  const Shape& shape, const std::function<T(const Result&)>& value) {
    std::vector<T> values;
    for (const Result& one : results) values.push_back(value(one));
    file.write<T>(name, values, shape);
}

void write_null(OutputFile& file, std::span<const Calibration> found, std::size_t windows,
                bool is_null) {
    const std::string group = concat('/', found.front().method, '/');
    const Shape shape = {windows, found.size() / windows};
    const auto count = [&](const char* name, std::size_t NullDistribution::*member) {
        write_values<std::int64_t, Calibration>(
            file, group + name, found, shape, [member](const Calibration& one) {
                return static_cast<std::int64_t>(one.null.*member);
            });
    };
    const auto number = [&](const char* name, double NullDistribution::*member) {
        write_values<double, Calibration>(
            file, group + name, found, shape,
            [member](const Calibration& one) { return one.null.*member; });
    };
    write_values<double, Calibration>(file, group + "background_efficiency",
                                      found.first(shape.back()), {shape.back()},
                                      [](const Calibration& one) { return one.efficiency; });
    count("toys", &NullDistribution::toys);
    count("failed", &NullDistribution::failed);
    number("mean", &NullDistribution::mean);
    number("mean_error", &NullDistribution::mean_error);
    number("width", &NullDistribution::width);
    number("width_error", &NullDistribution::width_error);
    if (is_null) number("uniformity_p_value", &NullDistribution::uniformity);
}

void write_global(OutputFile& file, std::span<const GlobalResult> found,
                  const std::vector<std::string>& names) {
    const std::string group = concat('/', found.front().method, global_group);
    const Shape shape = {found.size()};
    const auto count = [&](const char* name, std::size_t GlobalSignificance::*member) {
        write_values<std::int64_t, GlobalResult>(
            file, group + name, found, shape, [member](const GlobalResult& one) {
                return static_cast<std::int64_t>(one.global.*member);
            });
    };
    const auto number = [&](const char* name,
                            const std::function<double(const GlobalResult&)>& value) {
        write_values<double, GlobalResult>(file, group + name, found, shape, value);
    };
    write_values<std::int64_t, GlobalResult>(
        file, group + "window", found, shape, [&](const GlobalResult& one) {
            return std::ranges::find(names, one.window) - names.begin();
        });
    number("z", [](const GlobalResult& one) { return one.z; });
    number("local_p_value", [](const GlobalResult& one) { return one.local_p_value; });
    count("toys", &GlobalSignificance::toys);
    count("above", &GlobalSignificance::above);
    number("p_value", [](const GlobalResult& one) { return one.global.p_value; });
    number("p_value_low", [](const GlobalResult& one) { return one.global.low; });
    number("p_value_high", [](const GlobalResult& one) { return one.global.high; });
    number("p_value_by_crossings", [](const GlobalResult& one) { return one.global.by_crossings; });
}

void add_global(std::vector<Quantity>& all, const GlobalResult& one) {
    all.push_back({.name = concat(one.method, "_largest_z_at_", one.efficiency), .value = one.z});
    all.push_back({.name = concat(one.method, "_global_p_value_at_", one.efficiency),
                   .value = one.global.p_value,
                   .band = Quantity::Band{one.global.low, one.global.high},
                   .at_most = one.global.above == 0});
}

}  // namespace

void write_calibration(OutputFile& file, const SearchCalibration& found) {
    expects(!found.calibrations.empty() && found.names.size() == found.windows.size(),
            "toys of each window");
    std::vector<double> low, high;
    for (const MassWindow& window : found.windows) {
        low.push_back(window.low());
        high.push_back(window.high());
    }
    file.write_vector("/signal_region_low", low);
    file.write_vector("/signal_region_high", high);
    for (std::size_t i = 0; i < found.calibrations.size();) {
        const auto of_one = of_method(found.calibrations, i);
        write_null(file, of_one, found.windows.size(), found.is_null);
        i += of_one.size();
    }
    for (std::size_t i = 0; i < found.global.size();) {
        const auto of_one = of_method(found.global, i);
        write_global(file, of_one, found.names);
        i += of_one.size();
    }
    file.set_attribute("/", "kind", std::string(calibration_kind));
    file.set_attribute("/", "windows", joined(found.names, " "));
    file.set_attribute("/", "toys_without_signal", static_cast<std::int64_t>(found.is_null));
}

std::vector<Quantity> headline(const SearchCalibration& found) {
    const NullDistribution& first = found.calibrations.front().null;
    std::vector<Quantity> all = {
        {.name = "toys", .value = static_cast<double>(first.toys + first.failed)}};
    for (const GlobalResult& one : found.global) add_global(all, one);
    return all;
}

std::vector<Quantity> read_calibration(const InputFile& file) {
    std::vector<Quantity> all;
    for (const std::string& method : file.children("/")) {
        const std::string group = concat('/', method, '/');
        if (!file.has(group + "background_efficiency")) continue;
        const auto efficiency = file.read<double>(group + "background_efficiency");
        if (all.empty()) {
            const Shape shape = file.shape(group + "toys");
            const auto toys = file.read<std::int64_t>(group + "toys", shape);
            const auto failed = file.read<std::int64_t>(group + "failed", shape);
            all.push_back(
                {.name = "toys", .value = static_cast<double>(toys.at(0) + failed.at(0))});
        }
        const std::string global = concat('/', method, global_group);
        if (!file.has(concat('/', method, "/global"))) continue;
        const Shape shape = {efficiency.size()};
        const auto numbers = [&](const char* name) {
            return file.read<double>(global + name, shape);
        };
        const auto z = numbers("z"), p = numbers("p_value"), low = numbers("p_value_low"),
                   high = numbers("p_value_high");
        const auto above = file.read<std::int64_t>(global + "above", shape);
        for (std::size_t cut = 0; cut < efficiency.size(); ++cut) {
            GlobalResult one{.method = method,
                             .efficiency = efficiency[cut],
                             .window = {},
                             .z = z[cut],
                             .local_p_value = 0,
                             .global = {}};
            one.global.p_value = p[cut];
            one.global.low = low[cut];
            one.global.high = high[cut];
            one.global.above = static_cast<std::size_t>(above[cut]);
            add_global(all, one);
        }
    }
    return all;
}

}  // namespace lacathode
