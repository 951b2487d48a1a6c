#include "lacathode/workflow/study.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"

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

// What a panel shows of a chain.
struct PanelKind {
    std::string_view name;
    std::string_view needs;  // keys, for people
    bool (*is_there)(const ChainConfig&);
};

constexpr bool anything(const ChainConfig& /*chain*/) {
    return true;
}
bool has_sic(const ChainConfig& chain) {
    return chain.run.sic;
}
bool has_sculpting(const ChainConfig& chain) {
    return chain.run.sculpting;
}
bool has_hunt(const ChainConfig& chain) {
    return chain.run.hunt;
}
bool has_unblinded_hunt(const ChainConfig& chain) {
    return chain.run.hunt && chain.stages.of<Hunt>().unblind;
}
// Those of folds lie in their folders, and nothing combines them.
bool has_background_scores(const ChainConfig& chain) {
    return chain.run.score_background && chain.run.folds == 0;
}

// Those that scripts/plot.py draws (docs/studies.md); a test compares the two lists.
constexpr std::array panel_kinds = {
    PanelKind{"sic", "run.sic", has_sic},
    PanelKind{"sic_by_signal", "run.sic", has_sic},
    PanelKind{"rejection", "run.sic", has_sic},
    PanelKind{"sic_ratio", "run.sic", has_sic},
    PanelKind{"max_sic", "run.sic", has_sic},
    PanelKind{"mass", "run.sculpting", has_sculpting},
    PanelKind{"mass_cuts", "run.sculpting", has_sculpting},
    PanelKind{"sculpting", "run.sculpting", has_sculpting},
    PanelKind{"flow_losses", "", anything},
    PanelKind{"significance", "run.sic", has_sic},
    PanelKind{"losses", "", anything},
    PanelKind{"accuracy", "", anything},
    PanelKind{"features", "", anything},
    PanelKind{"sample_ratio", "run.score_background and run.folds = 0", has_background_scores},
    PanelKind{"correlation", "", anything},
    PanelKind{"local_p", "run.hunt", has_hunt},
    PanelKind{"power", "run.hunt and hunt.unblind", has_unblinded_hunt},
    PanelKind{"toys", "run.hunt and hunt.unblind", has_unblinded_hunt}};

std::string names_of_kinds() {
    std::vector<std::string> names;
    for (const PanelKind& kind : panel_kinds) names.emplace_back(kind.name);
    return joined(names, ", ");
}

// KIND@CHAINS/METHODS in its parts.
struct PanelChoice {
    std::string kind;
    std::string chains = "*";
    std::string methods = "*";
};

PanelChoice choice_of(const std::string& panel) {
    PanelChoice choice{.kind = panel.substr(0, panel.find('@'))};
    if (choice.kind.size() == panel.size()) return choice;
    const std::string rest = panel.substr(choice.kind.size() + 1);
    choice.chains = rest.substr(0, rest.find('/'));
    if (choice.chains.size() + 1 < rest.size())
        choice.methods = rest.substr(choice.chains.size() + 1);
    return choice;
}

bool has_method(const ChainConfig& chain, const std::string& pattern) {
    return std::ranges::any_of(chain.run.methods, [&](Method method) {
        return fnmatch(pattern.c_str(), method_name(method).c_str(), 0) == 0;
    });
}

// Why it cannot be drawn; empty if it can. `chains`: all of the study.
std::string panel_problem(const std::string& panel, const std::vector<StudyChain>& chains) {
    const PanelChoice choice = choice_of(panel);
    const auto* const kind = std::ranges::find(panel_kinds, choice.kind, &PanelKind::name);
    if (kind == panel_kinds.end())
        return concat("there is no kind '", choice.kind, "'; choose from: ", names_of_kinds());
    std::vector<const ChainConfig*> chosen;
    for (const StudyChain& chain : chains)
        if (fnmatch(choice.chains.c_str(), chain.name.c_str(), 0) == 0)
            chosen.push_back(&chain.config);
    if (chosen.empty()) return concat("no chain is called so; the first is ", chains.front().name);
    std::erase_if(chosen,
                  [&](const ChainConfig* chain) { return !has_method(*chain, choice.methods); });
    if (chosen.empty()) return concat("no method of these chains is called ", choice.methods);
    if (std::ranges::any_of(chosen,
                            [&](const ChainConfig* chain) { return kind->is_there(*chain); }))
        return {};
    return concat("none of these chains has what it needs: set ", kind->needs);
}

// A figure that cannot be drawn would be noticed when all is trained.
std::vector<std::string> panel_problems(const Study& study) {
    Problems found;
    const std::vector<StudyChain> chains = chains_of(study, {});
    for (const std::string& panel : study.study.panels) {
        const std::string problem = panel_problem(panel, chains);
        found.unless(problem.empty(), "study.panels has '", panel, "': ", problem);
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
              "is an object of sections, which comes before all other settings.",
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
    found.add(panel_problems(study));
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
