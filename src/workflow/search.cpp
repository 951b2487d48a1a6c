#include "lacathode/workflow/search.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "lacathode/config/json_tree.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/stats/kolmogorov_smirnov.hpp"
#include "lacathode/stats/normal_distribution.hpp"

namespace lacathode {
namespace {

constexpr std::size_t most_windows = 1'000;
constexpr std::size_t most_toys = 1'000'000;

Alternative alternative(const std::string& name, const JsonTree& settings) {
    return {name, to_json(settings), {}};
}

std::vector<Alternative> windows(const ScanConfig& scan) {
    std::vector<Alternative> all;
    for (const double centre : scan.centres) {
        JsonTree settings;
        settings["prepare"]["signal_region_low"] = centre - 0.5 * scan.width;
        settings["prepare"]["signal_region_high"] = centre + 0.5 * scan.width;
        all.push_back(alternative(concat("m", centre), settings));
    }
    if (all.empty()) all.push_back({"signal_region", "{}", {}});
    return all;
}

std::vector<Alternative> numbered_toys(const ToysConfig& toys) {
    std::vector<Alternative> all;
    for (std::size_t i = 0; i < toys.count; ++i) {
        JsonTree settings;
        settings["pseudo_data"]["number"] = static_cast<std::int64_t>(toys.first + i);
        all.push_back(alternative(concat("toy", toys.first + i), settings));
    }
    return all;
}

// z and p of one method in one window.
struct FoundWindow {
    std::vector<double> efficiency, z, p_value;
};

FoundWindow read_window(const std::string& path) {
    const InputFile file(path, FileFormat::metrics);
    const std::string group = concat("/", file.string_attribute("/", "quoted"), "/");
    FoundWindow window{
        .efficiency = file.read<double>("/background_efficiency"), .z = {}, .p_value = {}};
    const Shape shape = {window.efficiency.size()};
    window.z = file.read<double>(group + "z", shape);
    window.p_value = file.read<double>(group + "p_value", shape);
    // The first is no cut, of which there is no efficiency.
    for (std::vector<double>* column : {&window.efficiency, &window.z, &window.p_value})
        column->erase(column->begin());
    return window;
}

Found read_block(const std::vector<StudyChain>& chains, Method method,
                 const std::function<std::string(const StudyChain&)>& folder) {
    Found found{
        .method = method_name(method), .windows = {}, .efficiencies = {}, .z = {}, .p_value = {}};
    for (const StudyChain& chain : chains) {
        const std::string path = concat(folder(chain), "/", method_name(method), "/hunt_00.h5");
        const FoundWindow window = read_window(path);
        if (found.windows.empty()) {
            found.efficiencies = window.efficiency;
            found.z = Matrix<double>(chains.size(), window.efficiency.size());
            found.p_value = found.z;
        } else if (window.efficiency != found.efficiencies) {
            throw InputError(concat(path, ": has other cuts than the first signal region"));
        }
        std::ranges::copy(window.z, found.z.row(found.windows.size()).begin());
        std::ranges::copy(window.p_value, found.p_value.row(found.windows.size()).begin());
        found.windows.push_back(chain.name);
    }
    return found;
}

std::size_t largest(const Found& found, std::size_t cut) {
    std::size_t best = 0;
    for (std::size_t window = 1; window < found.windows.size(); ++window)
        if (found.z(window, cut) > found.z(best, cut)) best = window;
    return best;
}

const Found& of_method(const std::vector<Found>& all, const std::string& method) {
    const auto found = std::ranges::find(all, method, &Found::method);
    expects(found != all.end(), "toys of the method");
    return *found;
}

// From window to window, z from below 0 to above.
double up_crossings(const Found& found, std::size_t cut) {
    double count = 0;
    for (std::size_t window = 1; window < found.windows.size(); ++window)
        count += found.z(window - 1, cut) <= 0 && found.z(window, cut) > 0 ? 1 : 0;
    return count;
}

}  // namespace

Section section(ScanConfig& c) {
    return {
        "scan",
        {{"centres", "mass unit",
          "Middles of the signal regions, in the order of the mass; empty: the signal region of "
          "prepare alone.",
          &c.centres, Range::positive()},
         {"width", "mass unit", "Width of each.", &c.width, Range::positive()}}};
}

Section section(ToysConfig& c) {
    return {"toys",
            {{"first", "", "Number of the first toy.", &c.first, Range::within(0, most_toys)},
             {"count", "toys", "How many, each searched anew with everything retrained.", &c.count,
              Range::within(1, most_toys)}}};
}

std::vector<Section> sections(Search& search) {
    std::vector<Section> all = sections(search.chain);
    all.insert(all.begin(), {section(search.toys), section(search.scan)});
    return all;
}

std::vector<std::string> problems(const Search& search) {
    Search s = search;
    Problems found;
    found.add(range_problems(section(s.toys)));
    found.add(range_problems(section(s.scan)));
    found.unless(s.scan.centres.size() <= most_windows, "scan.centres has ", s.scan.centres.size(),
                 " signal regions; there may be ", most_windows);
    const bool ascend =
        std::ranges::adjacent_find(s.scan.centres, std::greater_equal()) == s.scan.centres.end();
    found.unless(ascend, "scan.centres must ascend, each once");
    return found.take();
}

Study scan_study(const Search& search) {
    Study study;
    study.study.name = "scan";
    study.study.title = "Scan of the signal region";
    study.study.panels = {"local_p"};
    study.study.vary.axes = {windows(search.scan)};
    study.chain = search.chain;
    study.chain.run.hunt = true;
    return study;
}

Study toys_study(const Search& search) {
    Study study = scan_study(search);
    study.study.name = "toys";
    study.study.title = "Searches of pseudo-data";
    study.study.panels.clear();
    study.study.vary.axes.insert(study.study.vary.axes.begin(), numbered_toys(search.toys));
    RunConfig& run = study.chain.run;
    run.pseudo_data = true;
    run.sic = run.sculpting = run.check_flow = false;
    run.retrainings = 1;
    study.chain.stages.of<Hunt>().unblind = true;
    const Prepare::Config& prepare = search.chain.stages.of<Prepare>();
    PseudoData::Config& pseudo_data = study.chain.stages.of<PseudoData>();
    if (pseudo_data.signal_region_low == 0 && pseudo_data.signal_region_high == 0) {
        pseudo_data.signal_region_low = prepare.signal_region_low;
        pseudo_data.signal_region_high = prepare.signal_region_high;
    }
    return study;
}

std::vector<std::vector<Found>> read_found(const Study& study, const std::string& directory,
                                           std::size_t windows) {
    const std::vector<StudyChain> chains = chains_of(study, {});
    std::vector<std::vector<Found>> blocks;
    for (std::size_t first = 0; first + windows <= chains.size(); first += windows) {
        const auto begin = chains.begin() + static_cast<std::ptrdiff_t>(first);
        const std::vector<StudyChain> block(begin, begin + static_cast<std::ptrdiff_t>(windows));
        std::vector<Found>& of_methods = blocks.emplace_back();
        for (const Method method : study.chain.run.methods) {
            of_methods.push_back(read_block(block, method, [&](const StudyChain& chain) {
                return chain_folder(study, directory, chain.name);
            }));
        }
    }
    return blocks;
}

std::vector<std::string> window_names(const Search& search) {
    std::vector<std::string> names;
    for (const Alternative& one : windows(search.scan)) names.push_back(one.name);
    return names;
}

std::vector<Calibration> calibrations(const std::vector<std::string>& windows,
                                      const std::vector<std::vector<Found>>& toys) {
    std::vector<Calibration> all;
    for (std::size_t method = 0; method < toys.front().size(); ++method) {
        const Found& first = toys.front()[method];
        for (std::size_t window = 0; window < windows.size(); ++window) {
            for (std::size_t cut = 0; cut < first.efficiencies.size(); ++cut) {
                Calibration& one =
                    all.emplace_back(Calibration{.method = first.method,
                                                 .window = windows[window],
                                                 .efficiency = first.efficiencies[cut]});
                std::vector<double> p_values;
                double squares = 0;
                for (const std::vector<Found>& toy : toys) {
                    const double z = toy[method].z(window, cut);
                    one.mean += z;
                    squares += z * z;
                    p_values.push_back(toy[method].p_value(window, cut));
                }
                one.toys = toys.size();
                const auto n = static_cast<double>(one.toys);
                one.mean /= n;
                one.width = std::sqrt(std::max(0.0, squares / n - one.mean * one.mean));
                one.mean_error = one.width / std::sqrt(n);
                one.width_error = one.width / std::sqrt(2 * n);
                one.uniformity = kolmogorov_smirnov_uniform(std::move(p_values)).p_value;
            }
        }
    }
    return all;
}

std::vector<GlobalSignificance> global_significances(const std::vector<Found>& scan,
                                                     const std::vector<std::vector<Found>>& toys) {
    std::vector<GlobalSignificance> all;
    for (const Found& data : scan) {
        for (std::size_t cut = 0; cut < data.efficiencies.size(); ++cut) {
            const std::size_t best = largest(data, cut);
            GlobalSignificance& one =
                all.emplace_back(GlobalSignificance{.method = data.method,
                                                    .efficiency = data.efficiencies[cut],
                                                    .window = data.windows[best],
                                                    .z = data.z(best, cut),
                                                    .local_p_value = data.p_value(best, cut)});
            double crossings = 0;
            for (const std::vector<Found>& toy : toys) {
                const Found& found = of_method(toy, data.method);
                one.above += found.z(largest(found, cut), cut) >= one.z ? 1 : 0;
                crossings += up_crossings(found, cut);
            }
            one.toys = toys.size();
            const auto n = static_cast<double>(one.toys);
            one.p_value = (static_cast<double>(one.above) + 1) / (n + 1);
            one.p_value_error = std::sqrt(one.p_value * (1 - one.p_value) / (n + 1));
            const double fall = std::exp(-0.5 * one.z * one.z);
            one.by_crossings =
                std::min(1.0, normal_survival(one.z) + (one.z > 0 ? crossings / n * fall : 1));
        }
    }
    return all;
}

}  // namespace lacathode
