// The last part of a training step: Adam, and which member does it for which hidden units.
#include <algorithm>

#include "engine/flow_training.hpp"

namespace lacathode::detail {

void FlowTraining::update_block(const Member& member, std::size_t k, bool last_member) {
    const MadeShape shape = layout_.shape();
    const std::size_t features = layout_.features();
    for (std::size_t i = 0; i < features; ++i) {
        const auto [begin, end] = layout_.units_that_see(i, member.units.begin, member.units.end);
        if (begin >= end) continue;
        const std::size_t units = end - begin;
        update(k, {layout_.input(begin, 0), shape.input_stride, units, 2 + i});
        update(k, {layout_.hidden(begin, 0), shape.hidden_stride, units, 1 + layout_.reach()[i]});
        update(k, {layout_.output(1 + begin, 0), shape.output_stride, units, 2 * features});
    }
    if (!last_member) return;
    float* gradient = block_gradient(k, 0);  // the other half's stays zero
    for (std::size_t i = 0; i < features; ++i) {
        const double scale = static_cast<double>(member.batch_norms[k].scale[i]);
        gradient[layout_.log_gamma() + i] =
            static_cast<float>(member.sums.projected[i] * scale - 1);
        gradient[layout_.beta() + i] = static_cast<float>(member.sums.gradient[i]);
    }
    update(k, {layout_.output(0, 0), 0, 1, 2 * features});
    update(k, {layout_.log_gamma(), 0, 1, features});
    update(k, {layout_.beta(), 0, 1, features});
}

void FlowTraining::update(std::size_t k, const AdamRows& rows) {
    const std::size_t block = k * layout_.size();
    const float* first = block_gradient(k, 0);
    const float* second = block_gradient(k, 1);
    if (batch_.gradient == nullptr) {
        kernels_.adam(batch_.adam, adam_.arrays(block, parameters_.values() + block, first, second),
                      rows);
        return;
    }
    for (std::size_t row = 0; row < rows.rows; ++row) {
        const std::size_t begin = rows.offset + row * rows.stride;
        for (std::size_t i = begin; i < begin + rows.count; ++i) {
            batch_.gradient[block + i] = first[i] + second[i];
        }
    }
}

void FlowTraining::share_units(std::size_t member) {
    const auto cost = [this](std::size_t unit) {
        const std::size_t seen = layout_.features_seen()[unit];
        return 3 + seen + layout_.reach()[seen] + 2 * (layout_.features() - seen);
    };
    std::size_t total = 0;
    for (std::size_t unit = 0; unit < layout_.hidden(); ++unit) total += cost(unit);
    /// The first unit from which on units cost more than `part` of all.
    const auto boundary = [&](std::size_t part, std::size_t parts) {
        const std::size_t wanted = total * part / parts;
        std::size_t unit = 0;
        for (std::size_t sum = 0; unit < layout_.hidden() && sum < wanted; ++unit)
            sum += cost(unit);
        return unit;
    };
    const std::size_t members = members_.size();
    members_[member].units = {boundary(member, members), boundary(member + 1, members)};
    // The halves one after the other, cut into equal parts.
    for (std::size_t half = 0; half < halves; ++half) {
        const auto within = [&](std::size_t m) {
            const std::size_t position = halves * m;
            const std::size_t begin = half * members;
            return boundary(std::clamp(position, begin, begin + members) - begin, members);
        };
        members_[member].differentiated_units[half] = {within(member), within(member + 1)};
    }
}

}  // namespace lacathode::detail
