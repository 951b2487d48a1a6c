// What the files of all models have in common.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/event_table.hpp"
#include "lacathode/core/mass_window.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "lacathode/io/shared_groups.hpp"
#include "lacathode/ml/checkpoint.hpp"
#include "lacathode/ml/state_layout.hpp"

namespace lacathode::models::detail {

/// /states/RANK with the attributes epoch and validation_loss, best first.
void write_checkpoints(OutputFile& file, const std::vector<Checkpoint>& best);
/// The first `most` of them; each holds the arrays of `layout`, in its order.
std::vector<Checkpoint> read_checkpoints(
    const InputFile& file, const std::vector<ArrayLayout>& layout,
    std::size_t most = std::numeric_limits<std::size_t>::max());

/// The root attribute `kind`: which family the model is of. A file from before there were several
/// has none; it is of `oldest`. Throws InputError unless it is one of `known`.
std::string read_kind(const InputFile& file, const std::string& oldest,
                      const std::vector<std::string>& known);

/// What is said of values that a trained model cannot have.
inline constexpr const char* never_trained =
    ", which no training leaves behind: train the model again";

/// What `action` makes of the file's constants; an InputError that it throws is told with the name
/// of the file and that remedy.
template <class Action>
auto of_constants(const InputFile& file, const Action& action) {
    try {
        return action();
    } catch (const InputError& error) {
        throw InputError(concat(file.path(), ": ", error.what(), never_trained));
    }
}

/// Throws InputError that names file, array and its first value that is not finite: a network
/// computes nonsense from one such weight.
template <std::floating_point T>
void require_finite(const InputFile& file, const std::string& array, const std::vector<T>& values) {
    const auto bad = std::ranges::find_if_not(values, [](T value) { return std::isfinite(value); });
    if (bad == values.end()) return;
    throw InputError(concat(file.path(), ": ", array, " holds ", *bad, " (element ",
                            bad - values.begin(), ")", never_trained));
}

/// Throws InputError that names the file unless `problems` is empty.
void require_possible(const InputFile& file, const std::vector<std::string>& problems);

/// A root attribute that counts something; throws InputError unless it is positive.
std::size_t positive_attribute(const InputFile& file, const std::string& name);

/// "m_jj [TeV], x = (m_j1 [TeV], ...), 3.3 < m < 3.7", for messages.
std::string description(const Column& mass, const std::vector<Column>& features,
                        const MassWindow& window);

}  // namespace lacathode::models::detail
