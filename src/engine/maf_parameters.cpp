#include "engine/maf_parameters.hpp"

#include <algorithm>
#include <utility>

#include "lacathode/ml/state_layout.hpp"

namespace lacathode::engine {
namespace {

/// Position of an array among those of its block in maf_state_layout().
namespace slot {
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
    running_mean,
    running_var,
    count
};
}  // namespace slot

/// The arrays behind the parameters of their block.
bool is_statistic(const std::string& name) {
    return name.ends_with("/running_mean") || name.ends_with("/running_var");
}

/// Calls visit(array, index in the named array, offset in the block) for every weight that acts.
template <class Visit>
void visit_acting_weights(const MadeLayout& layout, const Visit& visit) {
    const std::size_t d = layout.features();
    const std::size_t h = layout.hidden();
    for (std::size_t row = 0; row < h; ++row) {
        const std::size_t unit = layout.unit_at()[row];
        const std::size_t seen = layout.features_seen()[row];
        visit(slot::input_bias, unit, layout.input(row, bias_row));
        visit(slot::condition_weight, unit, layout.input(row, mass_row));
        for (std::size_t i = 0; i < seen; ++i) {
            visit(slot::input_weight, unit * d + i, layout.input(row, feature_row(i)));
        }
        visit(slot::hidden_bias, unit, layout.hidden(row, bias_row));
        for (std::size_t k = 0; k < layout.reach()[seen]; ++k) {
            visit(slot::hidden_weight, unit * h + layout.unit_at()[k],
                  layout.hidden(row, unit_row(k)));
        }
        for (std::size_t i = seen; i < d; ++i) {
            visit(slot::output_weight, i * h + unit, layout.output(unit_row(row), mu_row(i)));
            visit(slot::output_weight, (d + i) * h + unit,
                  layout.output(unit_row(row), alpha_row(i)));
        }
    }
    for (std::size_t i = 0; i < d; ++i) {
        visit(slot::output_bias, i, layout.output(bias_row, mu_row(i)));
        visit(slot::output_bias, d + i, layout.output(bias_row, alpha_row(i)));
        visit(slot::log_gamma, i, layout.log_gamma() + i);
        visit(slot::beta, i, layout.beta() + i);
    }
}

}  // namespace

MafParameters::MafParameters(const MafArchitecture& architecture)
    : layout_(architecture.features, architecture.hidden),
      blocks_(architecture.blocks),
      values_(architecture.blocks * layout_.size()),
      mean_(architecture.blocks * architecture.features, 0.0F),
      var_(architecture.blocks * architecture.features, 1.0F) {}

void MafParameters::load(const NamedArrays& state) {
    std::vector<const NamedArray*> statistics;
    for (const ArrayLayout& array : maf_state_layout(architecture())) {
        const NamedArray& found = find_array(state, array.name, array.shape);
        if (is_statistic(array.name)) statistics.push_back(&found);
    }
    place(state, values());
    for (std::size_t k = 0; k < blocks_; ++k) {
        std::ranges::copy(statistics[2 * k]->values, running_mean(k));
        std::ranges::copy(statistics[2 * k + 1]->values, running_var(k));
    }
}

void MafParameters::place(const NamedArrays& arrays, float* values) const {
    std::vector<const NamedArray*> parameters;
    for (const ArrayLayout& array : maf_state_layout(architecture())) {
        if (!is_statistic(array.name))
            parameters.push_back(&find_array(arrays, array.name, array.shape));
    }
    for (std::size_t k = 0; k < blocks_; ++k) {
        const NamedArray* const* block = parameters.data() + k * slot::running_mean;
        visit_acting_weights(layout_, [&](slot::Slot array, std::size_t from, std::size_t to) {
            values[offset(k) + to] = block[array]->values[from];
        });
    }
}

NamedArrays MafParameters::state() const {
    return named(values(), Content::parameters_and_statistics);
}

NamedArrays MafParameters::named(const float* values, Content content) const {
    NamedArrays result;
    for (const ArrayLayout& array : maf_state_layout(architecture())) {
        result.push_back({array.name, array.shape, std::vector<float>(array.size())});
    }
    for (std::size_t k = 0; k < blocks_; ++k) {
        NamedArray* block = result.data() + k * slot::count;
        visit_acting_weights(layout_, [&](slot::Slot array, std::size_t to, std::size_t from) {
            block[array].values[to] = values[offset(k) + from];
        });
        std::copy_n(running_mean(k), features(), block[slot::running_mean].values.begin());
        std::copy_n(running_var(k), features(), block[slot::running_var].values.begin());
    }
    if (content == Content::parameters) {
        std::erase_if(result, [](const NamedArray& array) { return is_statistic(array.name); });
    }
    return result;
}

}  // namespace lacathode::engine
