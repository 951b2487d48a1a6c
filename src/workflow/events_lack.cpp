#include "workflow/events_lack.hpp"

#include <algorithm>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/event_file.hpp"
#include "lacathode/stages/events/event_counts.hpp"
#include "lacathode/stages/search/mass_spectrum.hpp"
#include "workflow/chain_configs.hpp"
#include "workflow/chain_layout.hpp"

namespace lacathode {
namespace {

std::vector<std::string> method_lacks(const ChainConfig& config, Method method,
                                      const EventReader& events) {
    if (!info(method).selects_background()) return {};
    return SelectBackground::lacks(config.stages.of<SelectBackground>(), method, events);
}

// Trained on data in the signal region.
bool has_inner_flow(const MethodInfo& method) {
    return method.background == Background::density;
}
bool classifies_signal_region(const MethodInfo& method) {
    return method.data == Data::signal_region && !has_inner_flow(method);
}
bool classifies_labelled_signal(const MethodInfo& method) {
    return method.data == Data::labelled_signal;
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

// What cannot be done with event weights.
std::vector<std::string> weights_lack(const ChainConfig& config, const EventCounts& events) {
    Problems found;
    if (!events.is_weighted()) return found.take();
    const double least = events.least_weight(Region::signal_region);
    bool has_trees = false;
    for (std::size_t member = 0; member < config.run.members; ++member)
        has_trees = has_trees || config.model(member) == ClassifierKind::trees;
    const bool has_strips = std::ranges::any_of(config.run.methods, [](Method method) {
        return info(method).background == Background::strips;
    });
    const double of_trees =
        has_strips ? std::min(least, events.least_weight(Region::sideband)) : least;
    found.unless(!has_trees || of_trees > 0, "positive weights, as trees need them, and one is ",
                 of_trees, ": use networks (train_classifier.model, run.models)");
    const bool sees_mass = std::ranges::count(config.stages.of<TrainClassifier>().further_inputs,
                                              FurtherInput::mass) > 0;
    const bool aligns = config.run.folds > 0 || config.aligns_members();
    for (const Method method : config.run.methods) {
        const Background background = info(method).background;
        const bool draws_masses =
            background == Background::sampled && info(method).space == Space::features;
        found.unless(!draws_masses || least >= 0, "weights of 0 and more, by which ",
                     method_name(method), " draws masses, and one is ", least,
                     ": leave the method out of run.methods");
        found.unless(!info(method).generates_background() || !sees_mass || least >= 0,
                     "weights of 0 and more, by which ", method_name(method),
                     " draws masses that its classifier sees, and one is ", least,
                     ": leave mass out of train_classifier.further_inputs");
        found.unless(background != Background::transported, "events that weigh one each, as ",
                     method_name(method),
                     " does not carry weights along: leave it out of run.methods");
        found.unless(background != Background::truth || !aligns,
                     "background that weighs one each, by which scores of ", method_name(method),
                     " are aligned (run.folds, combine_scores.by): leave it out of run.methods");
    }
    return found.take();
}

// Masses and weights of the data; none of the latter where each counts one.
class DataMasses {
  public:
    void add(const EventTable& events) {
        for (std::size_t row = 0; row < events.size(); ++row) {
            if (!is_data(events.partition[row])) continue;
            masses_.push_back(events.mass[row]);
            if (events.has_weight()) weights_.push_back(events.weight[row]);
        }
    }
    [[nodiscard]] std::span<const double> masses() const noexcept { return masses_; }
    [[nodiscard]] std::span<const float> weights() const noexcept {
        const bool count_rows = std::ranges::all_of(weights_, [](float one) { return one == 1; });
        return count_rows ? std::span<const float>() : weights_;
    }

  private:
    std::vector<double> masses_;
    std::vector<float> weights_;
};

// Whether something is fitted to the spectrum of the data that not all spectra allow.
bool needs_spectrum(const ChainConfig& config, const EventHeader& events) {
    if (config.run.pseudo_data) return config.stages.of<PseudoData>().source == PseudoSource::null;
    return config.run.hunt && events.has_weight;
}

// Why the spectrum of the data cannot be fitted; empty if it can, or need not be.
std::vector<std::string> spectrum_lacks(const ChainConfig& config, const MassWindow& signal_region,
                                        const DataMasses& data) {
    if (data.masses().empty()) return {};
    const std::string source = config.stages.of<Prepare>().input.text();
    try {
        if (config.run.pseudo_data) {
            PseudoData::require_spectrum(pseudo_data_config(config), signal_region, data.masses(),
                                         data.weights(), source);
        } else if (!data.weights().empty()) {
            require_spectrum(config.stages.of<FitBackground>(), signal_region, data.masses(),
                             data.weights(), source);
        }
    } catch (const InputError& error) {
        return {error.what()};
    } catch (const NumericalError& error) {
        return {error.what()};
    }
    return {};
}

}  // namespace

std::vector<std::string> events_lack(const ChainConfig& config, const std::string& path) {
    const EventReader reader(path, EventKind::events);
    DataMasses data;
    const bool of_spectrum = needs_spectrum(config, reader.header());
    const EventCounts events = count_events(reader, [&](const EventTable& block) {
        if (of_spectrum) data.add(block);
    });
    const auto& stages = config.stages;
    Problems found;
    const auto has_one = [&](auto kind) {
        return std::ranges::any_of(config.run.methods, kind, info);
    };
    if (has_one(&MethodInfo::needs_flow))
        found.add(TrainFlow::lacks(stages.of<TrainFlow>(), events));
    if (has_one(has_inner_flow))
        found.add(TrainFlow::lacks(flow_config(config, 0, Region::signal_region), events));
    if (config.run.pseudo_data) {
        found.add(PseudoData::lacks(stages.of<PseudoData>(), events),
                  stages.of<Prepare>().input.text() + ": ");
    }
    if (!flow_checks(config.run, "").empty())
        found.add(CheckFlow::lacks(stages.of<CheckFlow>(), events));
    if (has_one(classifies_signal_region))
        found.add(TrainClassifier::lacks(Data::signal_region, events));
    if (has_one(classifies_labelled_signal))
        found.add(TrainClassifier::lacks(Data::labelled_signal, events));
    found.add(weights_lack(config, events));
    found.add(spectrum_lacks(config, reader.header().signal_region, data));
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
