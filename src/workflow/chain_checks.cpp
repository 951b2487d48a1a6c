#include "workflow/chain_checks.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/support/event_counts.hpp"
#include "lacathode/stages/support/mass_spectrum.hpp"

namespace lacathode {
namespace {

std::vector<std::string> method_lacks(const ChainConfig& config, Method method,
                                      const EventReader& events) {
    const Background background = info(method).background;
    if (background != Background::strips && background != Background::truth) return {};
    return SelectBackground::lacks(config.stages.of<SelectBackground>(), method, events);
}

// True background in the signal region, or what stands for it.
bool has_reference(Method method) {
    const Background background = info(method).background;
    return background != Background::density && background != Background::strips;
}

std::string needs_reference(Method method) {
    return concat("needs scores of background in the signal region, which ", method_name(method),
                  " of run.methods does not have: ");
}

// How many background events align the scores of the method, and the key that says so.
std::pair<std::size_t, std::string> reference_of(const ChainConfig& config, Method method) {
    switch (info(method).background) {
        case Background::truth:
            return {config.stages.of<Prepare>().extra.validation, "prepare.extra_validation"};
        case Background::transported:
            return {config.stages.of<Sample>().size.validation, "sample.validation"};
        default:
            return {config.run.reference, "run.reference"};
    }
}

std::vector<std::string> bins_miss(const SpectrumSettings& spectrum,
                                   const Prepare::Config& prepare) {
    const std::vector<MassCell> cells =
        mass_cells(spectrum, {prepare.signal_region_low, prepare.signal_region_high});
    const auto of_function = static_cast<std::size_t>(std::ranges::count_if(
        cells, [&](const MassCell& cell) { return cell.low >= spectrum.low; }));
    Problems found;
    const auto require = [&](std::size_t bins, std::size_t parameters) {
        found.unless(bins > parameters + 1, "fit_background.bin_width = ", spectrum.bin_width,
                     " leaves ", bins, " bins, the signal region among them, for ", parameters,
                     " parameters: use narrower bins");
    };
    require(of_function, spectrum.least_parameters);
    require(cells.size(), spectrum.least_degree + 1);
    return found.take();
}

// Of folds together: each event is a test event of one.
EventCounts held_out(const EventCounts& events) {
    EventCounts all(events.has_label());
    for (const Region region : {Region::signal_region, Region::sideband}) {
        for (const Partition partition :
             {Partition::training, Partition::validation, Partition::test, Partition::evaluation}) {
            const Partition to = partition == Partition::evaluation ? partition : Partition::test;
            all.add(to, region, 0, events.background(partition, region));
            all.add(to, region, 1, events.signal(partition, region));
        }
    }
    return all;
}

// Trainings of trees that see the same events. Where there is no flow, all trainings do.
std::size_t trees_of_the_same_events(const ChainConfig& config) {
    const RunConfig& run = config.run;
    const bool have_flows =
        std::ranges::all_of(run.methods, [](Method method) { return info(method).needs_flow(); });
    std::size_t trees = 0;
    for (std::size_t member = 0; member < run.members; ++member)
        trees += config.model(member) == ClassifierKind::trees ? 1 : 0;
    if (have_flows && run.member == Retrain::all) trees = std::min<std::size_t>(trees, 1);
    return have_flows && run.retrain == Retrain::all ? trees : trees * run.retrainings;
}

// What cannot be done with event weights.
std::vector<std::string> weights_lack(const ChainConfig& config, const EventCounts& events) {
    Problems found;
    if (!events.is_weighted()) return found.take();
    const double least = events.least_weight(Region::signal_region);
    bool has_trees = false;
    for (std::size_t member = 0; member < config.run.members; ++member)
        has_trees = has_trees || config.model(member) == ClassifierKind::trees;
    found.unless(!has_trees || least > 0, "positive weights, as trees need them, and one is ",
                 least, ": use networks (train_classifier.model, run.models)");
    const bool aligns = config.run.folds > 0 || config.aligns_members();
    for (const Method method : config.run.methods) {
        const Background background = info(method).background;
        const bool draws_masses =
            background == Background::sampled && info(method).space == Space::features;
        found.unless(!draws_masses || least >= 0, "weights of 0 and more, by which ",
                     method_name(method), " draws masses, and one is ", least,
                     ": leave the method out of run.methods");
        found.unless(background != Background::transported, "events that weigh one each, as ",
                     method_name(method),
                     " does not carry weights along: leave it out of run.methods");
        found.unless(background != Background::truth || !aligns,
                     "background that weighs one each, by which scores of ", method_name(method),
                     " are aligned (run.folds, combine_scores.by): leave it out of run.methods");
    }
    return found.take();
}

}  // namespace

std::vector<std::string> methods_miss(const ChainConfig& config) {
    const Prepare::Config& prepare = config.stages.of<Prepare>();
    Problems found;
    for (const Method method : config.run.methods) {
        const bool background = info(method).background == Background::truth;
        const bool signal = info(method).data == Data::labelled_signal;
        found.unless(!background || (!prepare.extra_background.empty() &&
                                     prepare.extra.training > 0 && prepare.extra.validation > 0),
                     "run.methods has ", method_name(method),
                     ", which trains on true background: name a file in prepare.extra_background "
                     "and set events aside with prepare.extra_training and extra_validation");
        found.unless(
            !signal || (prepare.extra_signal.training > 0 && prepare.extra_signal.validation > 0),
            "run.methods has ", method_name(method),
            ", which trains on labelled signal: set events aside with "
            "prepare.extra_signal_training and extra_signal_validation");
    }
    return found.take();
}

std::vector<std::string> members_miss(const ChainConfig& config) {
    Problems found;
    const std::size_t trees = trees_of_the_same_events(config);
    found.unless(trees <= 1 || config.stages.of<TrainClassifier>().trees.subsample < 1,
                 "train_classifier.tree_subsample = 1 makes ", trees,
                 " trainings (run.retrainings, run.members) equal; use a fraction below 1");
    if (!config.aligns_members()) return found.take();
    for (const Method method : config.run.methods) {
        found.unless(has_reference(method), "combine_scores.by = aligned ", needs_reference(method),
                     "use mean, or leave the method out");
    }
    return found.take();
}

std::vector<std::string> folds_miss(const ChainConfig& config) {
    Problems found;
    if (config.run.folds == 0) return found.take();
    for (const Method method : config.run.methods) {
        found.unless(has_reference(method), "run.folds ", needs_reference(method),
                     "leave the method out");
    }
    const auto of_validation = [](EvaluatedPart part) { return part == EvaluatedPart::validation; };
    found.unless(!of_validation(config.stages.of<EvaluateSic>().part) &&
                     !of_validation(config.stages.of<EvaluateSculpting>().part),
                 "run.folds makes every event a test event: evaluate_sic.partition and "
                 "evaluate_sculpting.partition must be test");
    return found.take();
}

std::vector<std::string> hunt_misses(const ChainConfig& config) {
    Problems found;
    if (!config.run.hunt) return found.take();
    const SpectrumSettings& spectrum = config.stages.of<FitBackground>();
    const Prepare::Config& prepare = config.stages.of<Prepare>();
    if (prepare.signal_region_low < prepare.signal_region_high) {
        found.add(range_misses(spectrum, {prepare.signal_region_low, prepare.signal_region_high}));
    }
    const bool in_range =
        range_misses(spectrum, {prepare.signal_region_low, prepare.signal_region_high}).empty();
    if (in_range && FitBackground::problems(spectrum).empty())
        found.add(bins_miss(spectrum, prepare));
    if (in_range) {
        found.add(Hunt::misses(config.stages.of<Hunt>(), spectrum,
                               {prepare.signal_region_low, prepare.signal_region_high}));
    }
    std::set<std::string> told;
    for (const Method method : config.run.methods) {
        const auto [references, name] = reference_of(config, method);
        if (told.insert(name).second) found.add(efficiencies_miss(spectrum, references, name));
    }
    return found.take();
}

std::vector<std::string> pseudo_data_miss(const ChainConfig& config) {
    Problems found;
    if (!config.run.pseudo_data) return found.take();
    for (const Method method : config.run.methods) {
        found.unless(!info(method).needs_truth(), "run.methods has ", method_name(method),
                     ", which needs the truth, and pseudo-data are without: leave it out");
    }
    found.unless(!config.run.sic,
                 "run.sic needs the truth, and pseudo-data are without: set it to false");
    return found.take();
}

std::vector<std::string> events_lack(const ChainConfig& config, const std::string& path) {
    const EventReader reader(path, EventKind::events);
    const EventCounts events = count_events(reader);
    const auto& stages = config.stages;
    Problems found;
    const auto needs_flow = [](Method method) { return info(method).needs_flow(); };
    if (std::ranges::any_of(config.run.methods, needs_flow))
        found.add(TrainFlow::lacks(stages.of<TrainFlow>(), events));
    if (!flow_checks(config.run, "").empty())
        found.add(CheckFlow::lacks(stages.of<CheckFlow>(), events));
    found.add(TrainClassifier::lacks(stages.of<TrainClassifier>(), events));
    found.add(weights_lack(config, events));
    const EventCounts evaluated = config.run.folds > 0 ? held_out(events) : events;
    if (config.run.sic) found.add(EvaluateSic::lacks(stages.of<EvaluateSic>(), evaluated));
    if (config.run.sculpting)
        found.add(EvaluateSculpting::lacks(stages.of<EvaluateSculpting>(), evaluated));
    for (const Method method : config.run.methods) found.add(method_lacks(config, method, reader));
    found.unless(!(config.run.hunt && config.stages.of<Hunt>().unblind) ||
                     config.run.retrainings == 1 || events.has_label(),
                 "truth labels, without which run.retrainings = ", config.run.retrainings,
                 " looks at the data so many times, and nothing says which result counts: set it "
                 "to 1; run.members combines several trainings into one");
    found.unless(
        !(config.run.hunt && config.run.sculpting) || config.stages.of<Hunt>().unblind ||
            events.has_label(),
        "truth labels, without which run.sculpting sets its cuts by the data of the signal "
        "region and so tells what run.hunt keeps blinded: set run.sculpting to false until "
        "hunt.unblind");
    return found.take();
}

}  // namespace lacathode
