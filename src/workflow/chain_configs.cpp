#include "workflow/chain_configs.hpp"

#include <algorithm>

#include "lacathode/config/file_pattern.hpp"

namespace lacathode {
namespace {

// Pseudo-data are drawn from the spectrum of all events: other keys shall not make them anew.
SpectrumSettings without_cuts(SpectrumSettings spectrum) {
    const SpectrumSettings defaults;
    spectrum.efficiencies = defaults.efficiencies;
    spectrum.efficiency_low = std::min(defaults.efficiency_low, spectrum.low);
    spectrum.least_degree = defaults.least_degree;
    spectrum.most_degree = defaults.most_degree;
    spectrum.toys = defaults.toys;
    return spectrum;
}

// Keys of the model that is not trained shall not train the other one anew.
void reset_other_model(TrainClassifier::Config& classifier) {
    const TrainClassifier::Config defaults;
    if (classifier.model == ClassifierKind::mlp) {
        classifier.trees = defaults.trees;
    } else {
        classifier.hidden = defaults.hidden;
        classifier.training = defaults.training;
        classifier.adam = defaults.adam;
    }
}

}  // namespace

Prepare::Config base_prepare_config(const ChainConfig& config) {
    Prepare::Config prepare = config.stages.of<Prepare>();
    const PseudoData::Config& pseudo_data = config.stages.of<PseudoData>();
    if (pseudo_data.signal_region_low < pseudo_data.signal_region_high) {
        prepare.signal_region_low = pseudo_data.signal_region_low;
        prepare.signal_region_high = pseudo_data.signal_region_high;
    }
    return prepare;
}

PseudoData::Config pseudo_data_config(const ChainConfig& config) {
    PseudoData::Config pseudo_data = config.stages.of<PseudoData>();
    pseudo_data.spectrum = without_cuts(config.stages.of<FitBackground>());
    return pseudo_data;
}

Prepare::Config prepare_config(const ChainConfig& config, std::size_t fold,
                               const std::string& pseudo_data) {
    Prepare::Config prepare = config.stages.of<Prepare>();
    prepare.split.folds = config.run.folds;
    prepare.split.fold = fold;
    if (pseudo_data.empty()) return prepare;
    prepare.format = InputFormat::events;
    prepare.input.patterns = {pattern_of(pseudo_data)};
    prepare.input_key.clear();
    prepare.columns.clear();
    prepare.label_column.clear();
    prepare.weight_column.clear();
    prepare.shift.clear();
    prepare.shift_by = ShiftBy::mass;
    prepare.split.injected_signal = 0;
    prepare.extra_background.patterns.clear();
    prepare.extra = {};
    prepare.extra_signal = {};
    return prepare;
}

TrainFlow::Config flow_config(const ChainConfig& config, std::size_t number, Region region) {
    TrainFlow::Config flow = config.stages.of<TrainFlow>();
    flow.retraining = number;
    flow.region = region;
    return flow;
}

Sample::Config sample_config(const ChainConfig& config, Method method, std::size_t flow) {
    Sample::Config sample = config.stages.of<Sample>();
    sample.retraining = flow;
    if (info(method).background != Background::sampled) sample.checkpoints = 1;
    return sample;
}

TrainClassifier::Config classifier_config(const ChainConfig& config, std::size_t number,
                                          std::size_t member) {
    TrainClassifier::Config classifier = config.stages.of<TrainClassifier>();
    classifier.retraining = number;
    classifier.model = config.model(member);
    reset_other_model(classifier);
    return classifier;
}

Hunt::Config hunt_config(const ChainConfig& config) {
    Hunt::Config hunt = config.stages.of<Hunt>();
    hunt.spectrum = config.stages.of<FitBackground>();
    return hunt;
}

}  // namespace lacathode
