// What a classifier sees of an event beside its features (docs/method.md, section 5).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lacathode/core/event_table.hpp"

namespace lacathode {

enum class FurtherInput {
    mass,   ///< the event's m
    noise,  ///< a number from N(0, 1) that says nothing
};
/// The names of the inputs, in files and configurations: "mass", "noise".
std::vector<std::string> further_input_names();

/// For which of the two an event stands in a classifier's training; every event that is scored
/// stands for data.
enum class ClassifierRole { data, background };

/// Inputs that stand behind an event's features.
struct FurtherInputs {
    std::vector<FurtherInput> inputs = {};  ///< each once
    /// An event's noise follows from this, its role and its source_row, and from nothing else.
    std::uint64_t noise_seed = 0;
    bool operator==(const FurtherInputs&) const = default;

    /// Names and units of all inputs: `features`, then those of the further ones.
    [[nodiscard]] std::vector<Column> columns(std::vector<Column> features,
                                              const Column& mass) const;
    /// The events [N, D] with the further inputs as features [N, D + F].
    [[nodiscard]] EventTable added_to(EventTable events, ClassifierRole role) const;
};

}  // namespace lacathode
