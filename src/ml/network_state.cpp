#include "ml/network_state.hpp"

#include <cstddef>

#include "lacathode/core/text.hpp"

namespace lacathode::ml::detail {
namespace {

std::string best_prefix(std::size_t rank) {
    return concat("best_", two_digits(rank), '/');
}

}  // namespace

void add_arrays(TrainingState& state, const std::string& prefix, NamedArrays arrays) {
    for (NamedArray& array : arrays) {
        array.name = prefix + array.name;
        state.arrays.push_back(std::move(array));
    }
}

NamedArrays arrays_of(const TrainingState& state, const std::string& prefix) {
    NamedArrays arrays;
    for (const NamedArray& array : state.arrays) {
        if (!array.name.starts_with(prefix)) continue;
        arrays.push_back(array);
        arrays.back().name.erase(0, prefix.size());
    }
    return arrays;
}

void add_position(TrainingState& state, const EpochPosition& position) {
    state.numbers.emplace_back(
        "position", std::vector{static_cast<double>(position.epoch),
                                static_cast<double>(position.batches), position.loss_sum});
}

EpochPosition position_of(const TrainingState& state) {
    const std::vector<double>& values = state.numbers_of("position");
    return {.epoch = static_cast<std::size_t>(values.at(0)),
            .batches = static_cast<std::size_t>(values.at(1)),
            .loss_sum = values.at(2)};
}

void add_best(TrainingState& state, const BestCheckpoints& best) {
    std::vector<double> epochs;
    std::vector<double> losses;
    for (const Checkpoint& checkpoint : best.ranked()) {
        add_arrays(state, best_prefix(epochs.size()), checkpoint.state);
        epochs.push_back(static_cast<double>(checkpoint.epoch));
        losses.push_back(checkpoint.validation_loss);
    }
    state.numbers.emplace_back("best_epoch", std::move(epochs));
    state.numbers.emplace_back("best_loss", std::move(losses));
}

void restore_best(const TrainingState& state, BestCheckpoints& best) {
    const std::vector<double>& epochs = state.numbers_of("best_epoch");
    std::vector<Checkpoint> ranked;
    for (std::size_t rank = 0; rank < epochs.size(); ++rank) {
        ranked.push_back({.epoch = static_cast<std::size_t>(epochs[rank]),
                          .validation_loss = state.numbers_of("best_loss").at(rank),
                          .state = arrays_of(state, best_prefix(rank))});
    }
    best.restore(std::move(ranked));
}

}  // namespace lacathode::ml::detail
