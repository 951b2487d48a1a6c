#include "lacathode/workflow/search.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "lacathode/config/json_tree.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/input_file.hpp"
#include "workflow/chain_layout.hpp"

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
        const std::string path = ChainLayout{folder(chain)}.hunt(method, 0);
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
        if (std::isnan(found.z(best, cut)) || found.z(window, cut) > found.z(best, cut))
            best = window;
    return best;
}

const Found& of_method(const std::vector<Found>& all, const std::string& method) {
    const auto found = std::ranges::find(all, method, &Found::method);
    expects(found != all.end(), "toys of the method");
    return *found;
}

void require_alike(const Found& data, const Found& toy) {
    if (toy.efficiencies == data.efficiencies && toy.windows.size() == data.windows.size()) return;
    throw InputError(concat("the toys of ", data.method,
                            " have other cuts or signal regions than the scan of the data: make "
                            "both with the same settings"));
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

std::vector<std::string> toys_problems(const Search& search) {
    Problems found;
    found.unless(search.chain.stages.of<PseudoData>().source == PseudoSource::null ||
                     search.chain.stages.of<Hunt>().unblind,
                 "pseudo_data.source = bootstrap draws the events of the signal region themselves, "
                 "and their mean tells what is there: it needs hunt.unblind = true");
    return found.take();
}

bool are_null(const Search& search) {
    const PseudoData::Config& pseudo_data = search.chain.stages.of<PseudoData>();
    return pseudo_data.source == PseudoSource::null && pseudo_data.signal == 0;
}

std::string remark_on_toys(const Search& search) {
    const Study study = toys_study(search);
    const PseudoData::Config& base = study.chain.stages.of<PseudoData>();
    if (base.source != PseudoSource::null) return {};
    const auto is_window = [&](double centre) {
        constexpr double rounding = 1e-9;
        return std::abs(centre - 0.5 * search.scan.width - base.signal_region_low) < rounding &&
               std::abs(centre + 0.5 * search.scan.width - base.signal_region_high) < rounding;
    };
    const std::vector<double>& centres = search.scan.centres;
    if (centres.empty() || std::ranges::any_of(centres, is_window)) return {};
    return concat("the flow of the pseudo-data leaves out ", base.signal_region_low, " to ",
                  base.signal_region_high,
                  ", which is no signal region of the scan: a signal in one of those is learned "
                  "and drawn again; set pseudo_data.signal_region_low and high to the one where it "
                  "is most likely");
}

std::string remark_on_windows(const Search& search) {
    const std::vector<double>& centres = search.scan.centres;
    constexpr double rounding = 1e-9;
    const auto overlaps = [&](double one, double next) {
        return next - one < search.scan.width * (1 - rounding);
    };
    const auto found = std::ranges::adjacent_find(centres, overlaps);
    if (found == centres.end()) return {};
    return concat("signal regions overlap, as those around ", *found, " and ", *(found + 1),
                  " with scan.width = ", search.scan.width,
                  ": an excess shows in both, and lies in the sidebands of their neighbours; their "
                  "p-values are correlated, which the global p by toys takes into account");
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
    study.study.panels = {"toys"};
    study.study.vary.axes.insert(study.study.vary.axes.begin(), numbered_toys(search.toys));
    RunConfig& run = study.chain.run;
    run.pseudo_data = true;
    run.sic = run.sculpting = run.check_flow = false;
    run.retrainings = 1;
    study.chain.stages.of<Hunt>().unblind = true;
    study.chain.stages.of<Hunt>().failed_fit = FailedFit::leave_out;
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
    for (const Found& first : toys.front()) {
        for (std::size_t window = 0; window < windows.size(); ++window) {
            for (std::size_t cut = 0; cut < first.efficiencies.size(); ++cut) {
                std::vector<double> z, p_values;
                for (const std::vector<Found>& toy : toys) {
                    const Found& found = of_method(toy, first.method);
                    z.push_back(found.z(window, cut));
                    p_values.push_back(found.p_value(window, cut));
                }
                all.push_back({first.method, windows[window], first.efficiencies[cut],
                               null_distribution(z, p_values)});
            }
        }
    }
    return all;
}

std::vector<GlobalResult> global_results(const std::vector<Found>& scan,
                                         const std::vector<std::vector<Found>>& toys) {
    std::vector<GlobalResult> all;
    for (const Found& data : scan) {
        for (std::size_t cut = 0; cut < data.efficiencies.size(); ++cut) {
            Matrix<double> of_toys(toys.size(), data.windows.size());
            for (std::size_t toy = 0; toy < toys.size(); ++toy) {
                const Found& found = of_method(toys[toy], data.method);
                require_alike(data, found);
                for (std::size_t window = 0; window < data.windows.size(); ++window)
                    of_toys(toy, window) = found.z(window, cut);
            }
            const std::size_t best = largest(data, cut);
            const double z = data.z(best, cut);
            all.push_back({data.method, data.efficiencies[cut], data.windows[best], z,
                           data.p_value(best, cut), global_significance(z, of_toys)});
        }
    }
    return all;
}

}  // namespace lacathode
