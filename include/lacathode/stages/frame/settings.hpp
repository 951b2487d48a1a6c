// Settings that several stages share, and their checks.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lacathode/config/field.hpp"
#include "lacathode/core/event_table.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/ml/schedule.hpp"
#include "lacathode/stats/roc.hpp"

namespace lacathode {

inline constexpr std::size_t most_hidden = 65'536;    ///< units a layer
inline constexpr std::size_t most_epochs = 100'000;   ///< of one training
inline constexpr std::size_t most_retrainings = 100;  ///< two digits in the names of files
inline constexpr std::size_t most_replicas = 10'000;  ///< in one call
inline constexpr std::size_t most_folds = 100;        ///< two digits there too

/// The part of the data that an evaluation looks at.
enum class EvaluatedPart {
    test,        ///< for results
    validation,  ///< for choosing settings: Partition::validation, and ::evaluation for more signal
};
inline constexpr const char* evaluated_part_names[] = {"test", "validation"};
std::string evaluated_part_name(EvaluatedPart part);

/// The same as a part of the events.
Partition partition_of(EvaluatedPart part);

/// Adds a sentence unless SECTION.signal_region_low lies below signal_region_high.
void check_window(Problems& found, const std::string& section, double low, double high);

/// Keys "unmapped" and "partition" of both evaluations.
Field unmapped_field(Unmapped& unmapped);
Field evaluated_part_field(EvaluatedPart& part);
/// Keys "learning_rate", "schedule" and "weight_decay" of a network's training.
Field learning_rate_field(double& learning_rate);
Field schedule_field(LearningRateSchedule& schedule);
Field weight_decay_field(double& weight_decay);
Field keep_best_field(std::size_t& keep_best, const std::string& help);
/// Key "retraining" of the stages that repeat with every retraining.
Field retraining_field(std::size_t& retraining);
/// Key "block_rows" of the stages that stream.
Field block_rows_field(std::size_t& block_rows);

/// Latent columns z0 ... z{D-1}.
std::vector<Column> latent_columns(std::size_t features);

}  // namespace lacathode
