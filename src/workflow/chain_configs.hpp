// What a chain decides itself of its steps' settings.
#pragma once

#include <cstddef>
#include <string>

#include "lacathode/workflow/chain.hpp"

namespace lacathode {

/// Of the data that pseudo-data are drawn from: with their signal region, if they have their own.
Prepare::Config base_prepare_config(const ChainConfig& config);
/// Without what its spectrum does not depend on: the cuts, the fit of the efficiency, the toys.
PseudoData::Config pseudo_data_config(const ChainConfig& config);

/// `pseudo_data`: the events file that is split instead of the input, whose signal, features and
/// shift it has already; empty: none.
Prepare::Config prepare_config(const ChainConfig& config, std::size_t fold,
                               const std::string& pseudo_data);
TrainFlow::Config flow_config(const ChainConfig& config, std::size_t number, Region region);
/// Only samples in feature space may be shared among several checkpoints: elsewhere data and
/// background need the one that encodes.
Sample::Config sample_config(const ChainConfig& config, Method method, std::size_t flow);
/// Of the keys of a model those of the member's own alone.
TrainClassifier::Config classifier_config(const ChainConfig& config, std::size_t number,
                                          std::size_t member);
Hunt::Config hunt_config(const ChainConfig& config);

}  // namespace lacathode
