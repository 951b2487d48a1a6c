#include "workflow/study_results.hpp"

#include <algorithm>
#include <filesystem>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/copy_content.hpp"
#include "lacathode/io/own_file.hpp"
#include "lacathode/stages/frame/job.hpp"
#include "workflow/chain_layout.hpp"
#include "workflow/directories.hpp"

namespace lacathode {
namespace {

namespace fs = std::filesystem;

constexpr int results_algorithm = 1;

// Of files in `shared`; others are the user's.
void remove_links(const std::string& folder, const std::string& shared) {
    if (!fs::exists(folder)) return;
    std::vector<fs::path> links;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_symlink()) continue;
        const fs::path target = entry.path().parent_path() / fs::read_symlink(entry.path());
        if (fs::weakly_canonical(target.parent_path()) == fs::weakly_canonical(shared))
            links.push_back(entry.path());
    }
    for (const fs::path& link : links) fs::remove(link);
}

// Into the subgroup that bears the name of the file.
void copy_metrics(const std::string& path, const std::string& group, OutputFile& results,
                  Job& job) {
    const InputFile metrics(path, FileFormat::metrics);
    const std::string place = concat(group, '/', fs::path(path).stem().string());
    copy_content(metrics, results, place);
    job.made_from(metrics.record(place.substr(1)));
}

// Without the section that nothing depends on: a scan is the same whatever its toys are.
std::vector<Section> that_matter(std::vector<Section> all, bool searches_pseudo_data) {
    if (!searches_pseudo_data)
        std::erase_if(all, [](const Section& one) { return one.name == PseudoData::name; });
    return all;
}

// The chain's settings, and how many events there were of what.
void describe_chain(const std::string& folder, StudyChain chain, const StageContext& context,
                    const std::string& group, OutputFile& results) {
    StageContext of_chain = context;
    of_chain.common = chain.common;
    const bool of_toys = chain.config.run.pseudo_data;
    results.set_attribute(group, "config",
                          effective_config(of_chain, that_matter(sections(chain.config), of_toys)));
    const std::string events = ChainLayout{part_folders(chain.config.run, folder).front()}.events();
    for (const auto& [name, count] : read_counts(InputFile(events, FileFormat::events)))
        results.set_attribute(group + "/events", name, count);
}

}  // namespace

std::string shared_folder(const std::string& directory) {
    return directory + "/shared";
}

Overwrite may_replace(const std::string& path) {
    if (!is_there(path)) return Overwrite::forbid;
    if (is_own_file(path)) return Overwrite::allow;
    throw OutputError(path + " is no file of these programs: move it away");
}

std::set<std::string> in_the_way(const std::map<std::string, std::string>& files,
                                 const std::function<bool(const std::string&)>& is_linked) {
    std::set<fs::path> folders;
    std::set<std::string> found;
    const auto look = [&](const fs::path& path, fs::file_type wanted) {
        std::error_code unknown;  // making it says more
        const fs::file_status there = fs::symlink_status(path, unknown);
        if (fs::exists(there) && !fs::is_symlink(there) && there.type() != wanted)
            found.insert(path.string());
    };
    for (const auto& [name, file] : files) {
        if (!is_linked(file)) continue;
        look(name, fs::file_type::symlink);
        fs::path folder = fs::path(name).parent_path();
        while (folder.has_relative_path() && folders.insert(folder).second) {
            look(folder, fs::file_type::directory);
            folder = folder.parent_path();
        }
    }
    return found;
}

void link_chain(const std::string& folder, const std::string& shared,
                const std::map<std::string, std::string>& files) {
    make_directories(folder);
    try {
        remove_links(folder, shared);
        for (const auto& [name, file] : files) {
            const fs::path link(name);
            if (fs::is_symlink(link)) fs::remove(link);
            if (!fs::exists(file)) continue;  // discarded
            fs::create_directories(link.parent_path());
            fs::create_symlink(fs::relative(file, link.parent_path()), link);
        }
    } catch (const fs::filesystem_error& error) {
        throw OutputError(concat("cannot make the links of ", folder, ": ", error.what()));
    }
}

std::set<std::string> linked_files(const std::string& directory, const std::set<fs::path>& but) {
    std::set<std::string> files;
    const std::string shared = shared_folder(directory);
    try {
        for (fs::recursive_directory_iterator entry(directory), end; entry != end; ++entry) {
            const fs::path& path = entry->path();  // "out/shared" is "out//shared"
            if (path == fs::path(shared) || but.contains(path)) entry.disable_recursion_pending();
            std::error_code gone;  // another study makes its links anew
            const fs::path target = fs::read_symlink(path, gone);
            if (!gone) files.insert(concat(shared, '/', target.filename().string()));
        }
    } catch (const fs::filesystem_error& error) {
        throw OutputError(concat("cannot tell what other studies keep: ", error.what()));
    }
    return files;
}

void gather_results(const Study& study, const std::vector<StudyChain>& chains,
                    const StageContext& context, const std::string& folder) {
    const std::string path = folder + "/results.h5";
    StageContext replacing = context;
    replacing.overwrite = may_replace(path);
    Study bound = study;
    const bool any_toys = std::ranges::any_of(
        chains, [](const StudyChain& chain) { return chain.config.run.pseudo_data; });
    Job job(replacing, effective_config(context, that_matter(sections(bound), any_toys)),
            results_algorithm, path);
    OutputFile results(path, FileFormat::study, job.overwrite());
    results.set_attribute("/", "title", study.study.title);
    results.set_attribute("/", "panels", joined(study.study.panels, " "));
    results.set_attribute("/", "chains", static_cast<std::int64_t>(chains.size()));
    for (std::size_t i = 0; i < chains.size(); ++i) {
        const StudyChain& chain = chains[i];
        const std::string of_chain = concat(folder, '/', chain.name);
        const std::string group = "/chain/" + chain.name;
        results.set_attribute(group, "index", static_cast<std::int64_t>(i));
        describe_chain(of_chain, chain, context, group, results);
        const RunConfig& run = chain.config.run;
        const ChainLayout layout{of_chain};
        for (const Method method : run.methods) {
            const auto copy = [&](const std::string& file) {
                copy_metrics(file, concat(group, '/', method_name(method)), results, job);
            };
            if (run.sic) copy(layout.metrics(method, "sic"));
            if (run.sculpting) copy(layout.metrics(method, "sculpting"));
            for (std::size_t hunt = 0; run.hunt && hunt < run.retrainings; ++hunt)
                copy(layout.hunt(method, hunt));
        }
    }
    job.commit(results);
}

}  // namespace lacathode
