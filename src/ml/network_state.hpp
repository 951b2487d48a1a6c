// The state of a network's training as named arrays and numbers, and back.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lacathode/ml/adam.hpp"
#include "lacathode/ml/checkpoint.hpp"
#include "lacathode/ml/training_state.hpp"
#include "ml/epoch_loop.hpp"

namespace lacathode::ml::detail {

void add_arrays(TrainingState& state, const std::string& prefix, NamedArrays arrays);
/// Those with the prefix, without it.
NamedArrays arrays_of(const TrainingState& state, const std::string& prefix);

void add_position(TrainingState& state, const EpochPosition& position);
EpochPosition position_of(const TrainingState& state);

void add_best(TrainingState& state, const BestCheckpoints& best);
void restore_best(const TrainingState& state, BestCheckpoints& best);

/// Of a network with state(), load(), adam_moments() and load_adam_moments().
template <class Network>
void add_network(TrainingState& state, const Network& network) {
    AdamMoments moments = network.adam_moments();
    add_arrays(state, "network/", network.state());
    add_arrays(state, "adam_first/", std::move(moments.first));
    add_arrays(state, "adam_second/", std::move(moments.second));
    state.numbers.emplace_back("adam_steps", std::vector{static_cast<double>(moments.steps)});
}

template <class Network>
void restore_network(const TrainingState& state, Network& network) {
    network.load(arrays_of(state, "network/"));
    network.load_adam_moments(
        {.steps = static_cast<std::uint64_t>(state.numbers_of("adam_steps").at(0)),
         .first = arrays_of(state, "adam_first/"),
         .second = arrays_of(state, "adam_second/")});
}

}  // namespace lacathode::ml::detail
