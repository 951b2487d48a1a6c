#include "engine/flow_parameters.hpp"

#include <algorithm>
#include <utility>

#include "lacathode/ml/state_layout.hpp"

namespace lacathode::detail {
namespace {

/// Position of an array among those of its block in flow_state_layout().
enum Slot : std::size_t {
    input_weight,
    input_bias,
    condition_weight,
    hidden_weight,
    hidden_bias,
    output_weight,
    output_bias,
    log_gamma,
    beta,
    running_mean_slot,
    running_var_slot,
    slots
};

/// Calls visit(slot, index in the named array, offset in the block) for every weight that acts.
template <class Visit>
void visit_acting_weights(const MadeLayout& layout, const Visit& visit) {
    const std::size_t d = layout.features();
    const std::size_t h = layout.hidden();
    for (std::size_t row = 0; row < h; ++row) {
        const std::size_t unit = layout.unit_at()[row];
        const std::size_t seen = layout.features_seen()[row];
        visit(input_bias, unit, layout.input(row, 0));
        visit(condition_weight, unit, layout.input(row, 1));
        for (std::size_t i = 0; i < seen; ++i) {
            visit(input_weight, unit * d + i, layout.input(row, 2 + i));
        }
        visit(hidden_bias, unit, layout.hidden(row, 0));
        for (std::size_t k = 0; k < layout.reach()[seen]; ++k) {
            visit(hidden_weight, unit * h + layout.unit_at()[k], layout.hidden(row, 1 + k));
        }
        for (std::size_t i = seen; i < d; ++i) {
            visit(output_weight, i * h + unit, layout.output(1 + row, 2 * i));
            visit(output_weight, (d + i) * h + unit, layout.output(1 + row, 2 * i + 1));
        }
    }
    for (std::size_t i = 0; i < d; ++i) {
        visit(output_bias, i, layout.output(0, 2 * i));
        visit(output_bias, d + i, layout.output(0, 2 * i + 1));
        visit(log_gamma, i, layout.log_gamma() + i);
        visit(beta, i, layout.beta() + i);
    }
}

}  // namespace

FlowParameters::FlowParameters(const FlowArchitecture& architecture)
    : layout_(architecture.features, architecture.hidden),
      blocks_(architecture.blocks),
      values_(architecture.blocks * layout_.size()),
      mean_(architecture.blocks * architecture.features, 0.0F),
      var_(architecture.blocks * architecture.features, 1.0F) {}

void FlowParameters::load(const NamedArrays& state) {
    std::vector<const NamedArray*> arrays;
    for (const ArrayLayout& array : flow_state_layout(architecture())) {
        arrays.push_back(&find_array(state, array.name, array.shape));
    }
    for (std::size_t k = 0; k < blocks_; ++k) {
        const NamedArray* const* block = arrays.data() + k * slots;
        float* values = values_.data() + k * layout_.size();
        visit_acting_weights(layout_, [&](Slot slot, std::size_t from, std::size_t to) {
            values[to] = block[slot]->values[from];
        });
        std::ranges::copy(block[running_mean_slot]->values, running_mean(k));
        std::ranges::copy(block[running_var_slot]->values, running_var(k));
    }
}

NamedArrays FlowParameters::state() const {
    return named(values(), Content::parameters_and_statistics);
}

NamedArrays FlowParameters::named(const float* values, Content content) const {
    NamedArrays result;
    for (const ArrayLayout& array : flow_state_layout(architecture())) {
        result.push_back({array.name, array.shape, std::vector<float>(array.size())});
    }
    for (std::size_t k = 0; k < blocks_; ++k) {
        NamedArray* block = result.data() + k * slots;
        visit_acting_weights(layout_, [&](Slot slot, std::size_t to, std::size_t from) {
            block[slot].values[to] = values[k * layout_.size() + from];
        });
        std::copy_n(running_mean(k), features(), block[running_mean_slot].values.begin());
        std::copy_n(running_var(k), features(), block[running_var_slot].values.begin());
    }
    if (content == Content::parameters) {
        std::erase_if(result, [](const NamedArray& array) {
            return array.name.ends_with("/running_mean") || array.name.ends_with("/running_var");
        });
    }
    return result;
}

}  // namespace lacathode::detail
