// What single trainings and replicas demand of their events, and say of them.
#pragma once

#include <cstddef>
#include <string>

#include "lacathode/ml/classifier_data.hpp"
#include "lacathode/ml/maf.hpp"
#include "lacathode/ml/mlp.hpp"

namespace lacathode::ml::detail {

/// Throw InputError for empty or non-finite events, or weights of no positive sum. `what`:
/// "training" or "validation".
void check_flow_data(const MafArchitecture& architecture, const FlowData& data,
                     const std::string& what);
void check_classifier_data(const MlpArchitecture& architecture, const ClassifierData& data,
                           const std::string& what);

/// Of events with weights. Throws InputError if one is not finite or the sum not positive.
double positive_sum_of_weights(const FlowData& data, const std::string& what);

/// Whether the last batch of an epoch holds one event, of which a batch norm learns nothing.
bool ends_with_a_single_event(std::size_t events, std::size_t batch_size);
/// Says so.
void warn_of_single_events();

}  // namespace lacathode::ml::detail
