#include "workflow/study_panels.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "workflow/chain_layout.hpp"

namespace lacathode {
namespace {

// A method of a chain.
struct Shown {
    const StudyChain* chain;
    Method method;
};

// What a panel shows.
struct PanelKind {
    std::string_view name;
    std::string_view needs;  // for people, after "set "
    bool (*is_there)(const ChainConfig&, Method);
    // Why all that is there cannot be drawn together; null: it can.
    std::string (*misses)(const std::vector<Shown>&) = nullptr;
};

constexpr bool anything(const ChainConfig& /*chain*/, Method /*method*/) {
    return true;
}
bool has_sic(const ChainConfig& chain, Method /*method*/) {
    return chain.run.sic;
}
bool has_sculpting(const ChainConfig& chain, Method /*method*/) {
    return chain.run.sculpting;
}
bool has_hunt(const ChainConfig& chain, Method /*method*/) {
    return chain.run.hunt;
}
bool has_unblinded_hunt(const ChainConfig& chain, Method /*method*/) {
    return chain.run.hunt && chain.stages.of<Hunt>().unblind;
}
bool has_classifier(const ChainConfig& /*chain*/, Method method) {
    return info(method).background != Background::density;
}
// Of the first training.
bool has_network(const ChainConfig& chain, Method method) {
    return has_classifier(chain, method) && chain.model(0) == ClassifierKind::mlp;
}
// Flows and samples are drawn whatever method is chosen.
bool has_flow(const ChainConfig& chain, Method /*method*/) {
    return std::ranges::any_of(chain.run.methods,
                               [](Method method) { return info(method).needs_flow(); });
}
// Whether there are any, input files may be the first to say.
bool may_have_labels(const ChainConfig& chain) {
    const Prepare::Config& prepare = chain.stages.of<Prepare>();
    return !chain.run.pseudo_data &&
           (prepare.format != InputFormat::table || !prepare.label_column.empty());
}
bool has_samples(const ChainConfig& chain, Method /*method*/) {
    const bool samples = std::ranges::any_of(chain.run.methods, [](Method method) {
        return info(method).background == Background::sampled;
    });
    return samples && may_have_labels(chain);
}
// Those of folds lie in their folders, and nothing combines them.
bool has_background_scores(const ChainConfig& chain, Method method) {
    return chain.run.score_background && chain.run.folds == 0 && has_classifier(chain, method) &&
           may_have_labels(chain);
}

// Scored background of the signal region that no training has learned from.
bool has_unseen_background(const ChainConfig& chain, Method method) {
    if (info(method).background == Background::strips) return false;
    if (chain.stages.of<TrainClassifier>().validation_fraction == 0) return true;
    return chain.draws_references() && ChainLayout::draws_reference(method);
}

std::string unseen_background_misses(const std::vector<Shown>& found) {
    const auto one = std::ranges::find_if(found, [](const Shown& shown) {
        return !has_unseen_background(shown.chain->config, shown.method);
    });
    if (one == found.end()) return {};
    const bool is_beside = info(one->method).background == Background::strips;
    return concat("chain '", one->chain->name, "' has no background in the signal region that ",
                  method_name(one->method), " has not learned from: choose other methods",
                  is_beside ? ""
                            : " or chains, or set train_classifier.validation_fraction = 0, or "
                              "run.members > 1 and combine_scores.by = aligned");
}

// S/B is of numbers of events.
std::string counts_miss(const std::vector<Shown>& found) {
    const auto one = std::ranges::find_if(found, [](const Shown& shown) {
        return !shown.chain->config.stages.of<Prepare>().weight_column.empty();
    });
    if (one == found.end()) return {};
    return concat("chain '", one->chain->name,
                  "' has events with weights (prepare.weight_column), whose S/B is not in the "
                  "results of a study: choose other chains");
}

std::string other_chains_miss(const std::vector<Shown>& found) {
    const StudyChain* first = found.front().chain;
    const auto is_of_first = [&](Method method) {
        return std::ranges::any_of(
            found, [&](const Shown& one) { return one.chain == first && one.method == method; });
    };
    const bool divides = std::ranges::any_of(
        found, [&](const Shown& one) { return one.chain != first && is_of_first(one.method); });
    if (divides) return {};
    return concat("no other chain has a method of chain '", first->name,
                  "', by whose SIC it is divided: vary something");
}

// Those that scripts/plot.py draws (docs/studies.md); a test compares the two lists.
constexpr std::array panel_kinds = {
    PanelKind{"sic", "run.sic", has_sic},
    PanelKind{"sic_by_signal", "run.sic", has_sic},
    PanelKind{"rejection", "run.sic", has_sic},
    PanelKind{"sic_ratio", "run.sic", has_sic, other_chains_miss},
    PanelKind{"max_sic", "run.sic", has_sic, counts_miss},
    PanelKind{"mass", "run.sculpting", has_sculpting},
    PanelKind{"mass_cuts", "run.sculpting", has_sculpting},
    PanelKind{"sculpting", "run.sculpting", has_sculpting},
    PanelKind{"flow_losses", "run.methods to one with a flow, as lacathode", has_flow},
    PanelKind{"significance", "run.sic", has_sic, counts_miss},
    PanelKind{"losses", "run.methods to one with a classifier, as lacathode", has_classifier},
    PanelKind{"accuracy",
              "run.methods to one with a classifier, as lacathode, and train_classifier.model (the "
              "first of run.models) to mlp",
              has_network},
    PanelKind{"features",
              "run.methods to one that samples features, as cathode, and prepare.label_column; "
              "pseudo-data have no labels",
              has_samples},
    PanelKind{"sample_ratio",
              "run.score_background and run.folds = 0, for a method with a classifier and events "
              "with labels",
              has_background_scores, unseen_background_misses},
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

bool fits(const std::string& name, const std::string& pattern) {
    return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

// Why it cannot be drawn; empty if it can.
std::string panel_problem(const std::string& panel, const std::vector<StudyChain>& chains) {
    const PanelChoice choice = choice_of(panel);
    const auto* const kind = std::ranges::find(panel_kinds, choice.kind, &PanelKind::name);
    if (kind == panel_kinds.end())
        return concat("there is no kind '", choice.kind, "'; choose from: ", names_of_kinds());
    bool has_chain = false;
    std::vector<Shown> chosen;
    for (const StudyChain& chain : chains) {
        if (!fits(chain.name, choice.chains)) continue;
        has_chain = true;
        for (const Method method : chain.config.run.methods)
            if (fits(method_name(method), choice.methods)) chosen.push_back({&chain, method});
    }
    if (!has_chain) return concat("no chain is called so; the first is ", chains.front().name);
    if (chosen.empty()) return concat("no method of these chains is called ", choice.methods);
    std::vector<Shown> found;
    std::ranges::copy_if(chosen, std::back_inserter(found), [&](const Shown& one) {
        return kind->is_there(one.chain->config, one.method);
    });
    if (found.empty()) return concat("none of these chains has what it needs: set ", kind->needs);
    return kind->misses == nullptr ? "" : kind->misses(found);
}

}  // namespace

std::vector<std::string> panel_problems(const std::vector<std::string>& panels,
                                        const std::vector<StudyChain>& chains) {
    Problems found;
    for (const std::string& panel : panels) {
        const std::string problem = panel_problem(panel, chains);
        found.unless(problem.empty(), "study.panels has '", panel, "': ", problem);
    }
    return found.take();
}

}  // namespace lacathode
