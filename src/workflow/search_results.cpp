#include "lacathode/workflow/search_results.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <tuple>

#include "lacathode/config/json.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/own_file.hpp"
#include "lacathode/stages/frame/job.hpp"
#include "workflow/chain_layout.hpp"
#include "workflow/directories.hpp"
#include "workflow/study_results.hpp"

namespace lacathode {
namespace {

constexpr int calibration_algorithm = 1;

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

std::string folder_of(const Study& study, const std::string& directory) {
    return concat(directory, '/', study.study.name);
}

std::string calibration_of(const Search& search, const std::string& directory) {
    return folder_of(toys_study(search), directory) + "/calibration.h5";
}

// Of a file that is there and whole.
std::optional<Provenance> provenance_of(const std::string& path) {
    if (!is_there(path)) return std::nullopt;
    const std::optional<InputFile> file = open_own_file(path);
    if (!file) return std::nullopt;
    return file->provenance();
}

bool have_equal_inputs(const Provenance& one, const Provenance& other) {
    const auto content = [](const InputRecord& input) {
        return std::tie(input.role, input.content_hash);
    };
    return std::ranges::equal(one.inputs, other.inputs, {}, content, content);
}

// What a scan was made with that this one was not.
std::string other_recipe(const Provenance& was, const Provenance& is) {
    std::vector<std::string> keys = differing_keys(was.config, is.config);
    for (std::string& key : keys)
        if (key.starts_with("study.vary")) key = "scan.centres or scan.width";
    return keys.empty() ? "other inputs or versions" : "other settings: " + joined(keys, ", ");
}

void warn_of_replaced_scan(const std::string& folder, const Provenance& earlier,
                           const Provenance& now) {
    if (have_equal_inputs(earlier, now)) return;
    log_warning(concat(folder, " held a scan of ", other_recipe(earlier, now),
                       "; it now holds the one that the toys are compared with: to have the other "
                       "one back run lacathode-scan with its settings, to keep both take another "
                       "--out for one"));
}

}  // namespace

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

std::vector<std::string> remarks_on_local_p(const std::vector<Calibration>& calibrations) {
    constexpr double false_alarm = 0.01;
    std::vector<std::string> remarks;
    for (const Calibration& one : calibrations) {
        const NullDistribution& null = one.null;
        const double p_value = null.uniformity * static_cast<double>(calibrations.size());
        if (!(p_value < false_alarm)) continue;
        remarks.push_back(concat(
            "the local p of ", one.method, " in ", one.window, " at ", one.efficiency,
            " is no probability: over ", null.toys, " toys without signal it is not uniform (p = ",
            null.uniformity, "), and z is ", null.mean, " +- ", null.mean_error,
            " on average; compare the data with the toys, as the global p does"));
    }
    return remarks;
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

void gather_scan(const Study& scan, const StageContext& context, const std::string& directory,
                 const std::function<void()>& read) {
    const std::string folder = folder_of(scan, directory);
    const std::string results = folder + "/results.h5";
    std::optional<Provenance> earlier;
    const auto look = [&] { earlier = provenance_of(results); };
    const auto compare_and_read = [&] {
        if (earlier) {
            warn_of_replaced_scan(folder, *earlier,
                                  InputFile(results, FileFormat::study).provenance());
        }
        read();
    };
    gather_study(scan, context, directory, {}, {.before = look, .after = compare_and_read});
}

void require_room_for_calibration(const Search& search, const std::string& directory) {
    (void)may_replace(calibration_of(search, directory));
}

void keep_calibration(const SearchCalibration& found, const Search& search,
                      const StageContext& context, const std::string& directory) {
    const std::string path = calibration_of(search, directory);
    StageContext replacing = context;
    replacing.overwrite = may_replace(path);
    Search bound = search;
    Job job(replacing, effective_config(context, sections(bound)), calibration_algorithm, path);
    const auto made_from = [&](const std::string& role, const std::string& results) {
        job.made_from(InputFile(results + "/results.h5", FileFormat::study).record(role));
    };
    made_from("toys", folder_of(toys_study(search), directory));
    if (!found.global.empty()) made_from("scan", folder_of(scan_study(search), directory));
    OutputFile file(path, FileFormat::metrics, job.overwrite());
    write_calibration(file, found);
    job.commit(file);
}

}  // namespace lacathode
