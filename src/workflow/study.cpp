#include "lacathode/workflow/study.hpp"

#include <algorithm>
#include <map>

#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "workflow/study_panels.hpp"

namespace lacathode {
namespace {

// Names become folders, and parts of the names of chains.
bool is_name(const std::string& name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == '+';
    };
    return !name.empty() && !name.starts_with('.') && std::ranges::all_of(name, allowed);
}

std::vector<Section> sections(StudyChain& chain) {
    std::vector<Section> all = sections(chain.config);
    all.insert(all.begin(), section(chain.common));
    return all;
}

// What is wrong with an alternative, alone.
std::vector<std::string> problems(const Alternative& one, const ChainConfig& base) {
    StudyChain chain;
    chain.config = base;
    Problems found;
    const std::string place = concat("study.vary: '", one.name, "'");
    found.unless(is_name(one.name), place,
                 " is no name for a folder: use letters, digits, '_', '.' and '+'");
    found.add(apply_alternative(one, sections(chain)), place + ": ");
    return found.take();
}

std::vector<std::string> alternative_problems(const Study& study) {
    Problems found;
    for (const auto& axis : study.study.vary.axes)
        for (const Alternative& one : axis) found.add(problems(one, study.chain));
    return found.take();
}

// Without what cannot be read. An axis may have nothing left: the study then has no chain.
Study readable(Study study) {
    for (auto& axis : study.study.vary.axes) {
        std::erase_if(axis,
                      [&](const Alternative& one) { return !problems(one, study.chain).empty(); });
    }
    return study;
}

std::vector<std::string> chain_problems(const StudyChain& chain, const Study& study) {
    Problems found;
    found.add(problems(chain.common));
    found.add(problems(chain.config));
    found.unless(chain.config.run.sic || chain.config.run.sculpting || chain.config.run.hunt ||
                     study.study.panels.empty(),
                 "evaluates nothing: set run.sic, run.sculpting or run.hunt");
    return found.take();
}

// Of the chains that can be read. Each problem is told once: with the first chain that has it,
// unless all have.
std::vector<std::string> chain_problems(const Study& study) {
    const std::vector<StudyChain> chains = chains_of(readable(study), {});
    std::map<std::string, std::vector<std::string>> chains_with;  // by problem
    std::vector<std::string> in_order;
    for (const StudyChain& chain : chains) {
        check_interrupt();
        for (const std::string& problem : chain_problems(chain, study)) {
            std::vector<std::string>& names = chains_with[problem];
            if (names.empty()) in_order.push_back(problem);
            if (names.empty() || names.back() != chain.name) names.push_back(chain.name);
        }
    }
    Problems found;
    for (const std::string& problem : in_order) {
        const std::vector<std::string>& names = chains_with.at(problem);
        const bool of_all = names.size() == chains.size();
        found.add({problem}, of_all ? "" : concat("chain '", names.front(), "': "));
    }
    return found.take();
}

}  // namespace

Section section(StudyConfig& c) {
    return {"study",
            {{"name", "", "Folder of the results inside --out.", &c.name},
             {"title", "", "Title of the figure.", &c.title},
             {"panels", "",
              "Panels of the figure, KIND, KIND@CHAINS or KIND@CHAINS/METHODS (docs/studies.md); "
              "CHAINS and METHODS may have *.",
              &c.panels},
             {"vary", "",
              "What is varied: a list of objects, each of alternatives by name; every alternative "
              "is an object of sections, which overrides all other settings (--preset, --set and "
              "options such as --seed too).",
              &c.vary}}};
}

std::vector<Section> sections(Study& study) {
    std::vector<Section> all = sections(study.chain);
    all.insert(all.begin(), section(study.study));
    return all;
}

std::vector<std::string> problems(const Study& study) {
    Problems found;
    found.unless(is_name(study.study.name), "study.name = '", study.study.name,
                 "' is no name for a folder: use letters, digits, '_', '.' and '+'");
    found.unless(study.study.name != "shared",
                 "study.name = shared is the folder of the files; choose another");
    // A figure that cannot be drawn would be noticed when all is trained.
    found.add(panel_problems(study.study.panels, chains_of(study, {})));
    found.add(alternative_problems(study));
    found.add(chain_problems(study));
    return found.take();
}

std::vector<StudyChain> chains_of(const Study& study, const CommonConfig& common) {
    std::vector<StudyChain> chains = {{.name = {}, .common = common, .config = study.chain}};
    for (const auto& axis : study.study.vary.axes) {
        std::vector<StudyChain> combined;
        for (const StudyChain& chain : chains) {
            for (const Alternative& one : axis) {
                StudyChain& more = combined.emplace_back(chain);
                more.name += (more.name.empty() ? "" : "-") + one.name;
                apply_alternative(one, sections(more));
            }
        }
        chains = std::move(combined);
    }
    if (study.study.vary.axes.empty()) chains.front().name = "run";
    return chains;
}

std::vector<StudyChain> sound_chains(const Study& study, const CommonConfig& common) {
    std::vector<StudyChain> chains = chains_of(readable(study), common);
    std::erase_if(chains,
                  [&](const StudyChain& chain) { return !chain_problems(chain, study).empty(); });
    return chains;
}

std::string chain_folder(const Study& study, const std::string& directory,
                         const std::string& chain) {
    return concat(directory, '/', study.study.name, '/', chain);
}

}  // namespace lacathode
