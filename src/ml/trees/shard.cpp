#include "ml/trees/shard.hpp"

#include <algorithm>
#include <cstring>

namespace lacathode::ml::trees {
namespace {

/// Rows further along whose bins are fetched ahead of time.
constexpr std::size_t fetch_ahead = 16;

std::uint32_t aboard(const std::uint8_t* bins) {
    std::uint32_t word = 0;
    std::memcpy(&word, bins, sizeof word);
    return word;
}

// Which of the four bins is which byte of the word depends on the machine; taking them out as they
// were put in does not.
std::uint8_t byte_of(std::uint32_t word, std::size_t feature) {
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &word, sizeof word);
    return bytes[feature];
}

}  // namespace

Shard::Shard(const TrainingEvents& events, std::size_t begin, std::size_t end, std::size_t leaves)
    : shared_(events), begin_(begin), end_(end), parts_(leaves) {
    for (std::vector<Event>& buffer : buffers_) buffer.resize(end - begin);
}

void Shard::gather(std::span<double> block_loss) {
    BlockGradient block;
    Event* to = buffers_[0].data();
    for (std::size_t first = begin_; first < end_; first += block_events) {
        const std::size_t count = std::min(block_events, end_ - first);
        block_loss[first / block_events] =
            differentiate(shared_.logit.subspan(first, count),
                          shared_.signed_weight.subspan(first, count), shared_.scale, block);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t row = first + i;
            if (!shared_.drawn.empty() && shared_.drawn[row] == 0) continue;
            *to++ = {static_cast<std::uint32_t>(row), block.gradient[i], block.hessian[i],
                     aboard(shared_.bins.row(row))};
        }
    }
    parts_[0] = {0, static_cast<std::size_t>(to - buffers_[0].data()), 0};
}

// Every event is written to both ends, and one of the ends moves on: no branch to mispredict.
template <class BinOf>
std::size_t Shard::move(const Part& part, std::uint32_t last_left, const BinOf& bin_of) {
    const Event* from = buffers_[part.buffer].data();
    Event* to = buffers_[1 - part.buffer].data();
    std::size_t front = part.begin;
    std::size_t behind = part.end;
    for (std::size_t i = part.begin; i < part.end; ++i) {
        const Event event = from[i];
        const std::size_t right = bin_of(i, event) > last_left ? 1 : 0;
        to[front] = event;
        to[behind - 1] = event;
        front += 1 - right;
        behind -= right;
    }
    return front;
}

void Shard::split(std::size_t leaf, std::size_t new_leaf, const Split& split) {
    const Part part = parts_[leaf];
    std::size_t middle = 0;
    if (split.feature < bins_aboard) {
        middle = move(part, split.bin, [&](std::size_t, const Event& event) -> std::uint32_t {
            return byte_of(event.bins, split.feature);
        });
    } else {
        const Event* from = buffers_[part.buffer].data();
        middle = move(part, split.bin, [&](std::size_t i, const Event& event) -> std::uint32_t {
            const std::size_t ahead = std::min(i + fetch_ahead, part.end - 1);
            __builtin_prefetch(shared_.bins.row(from[ahead].row));
            return shared_.bins.row(event.row)[split.feature];
        });
    }
    parts_[leaf] = {part.begin, middle, 1 - part.buffer};
    parts_[new_leaf] = {middle, part.end, 1 - part.buffer};
}

std::span<const Shard::Event> Shard::events_of(std::size_t leaf) const {
    const Part& part = parts_[leaf];
    return std::span(buffers_[part.buffer]).subspan(part.begin, part.end - part.begin);
}

template <std::size_t features>
void Shard::add_aboard(Histogram& histogram, std::span<const Event> events) const {
    Sums* sums = histogram.data();
    const std::uint64_t one = shared_.scale.one_event();
    for (const Event& event : events) {
        const Sums one_more{event.gradient, one + static_cast<std::uint64_t>(event.hessian)};
        for (std::size_t feature = 0; feature < features; ++feature) {
            sums[feature * histogram_bins + byte_of(event.bins, feature)] += one_more;
        }
    }
}

void Shard::add_others(Histogram& histogram, std::span<const Event> events) const {
    const std::size_t features = shared_.bins.features();
    const std::uint64_t one = shared_.scale.one_event();
    for (std::size_t i = 0; i < events.size(); ++i) {
        const std::size_t ahead = std::min(i + fetch_ahead, events.size() - 1);
        __builtin_prefetch(shared_.bins.row(events[ahead].row));
        const Event& event = events[i];
        const Sums one_more{event.gradient, one + static_cast<std::uint64_t>(event.hessian)};
        const std::uint8_t* bins = shared_.bins.row(event.row);
        for (std::size_t feature = bins_aboard; feature < features; ++feature) {
            histogram[feature * histogram_bins + bins[feature]] += one_more;
        }
    }
}

void Shard::add_to(Histogram& histogram, std::size_t leaf) const {
    const std::span<const Event> events = events_of(leaf);
    switch (shared_.bins.features()) {
        case 1:
            return add_aboard<1>(histogram, events);
        case 2:
            return add_aboard<2>(histogram, events);
        case 3:
            return add_aboard<3>(histogram, events);
        default:
            add_aboard<4>(histogram, events);
    }
    if (shared_.bins.features() > bins_aboard) add_others(histogram, events);
}

void Shard::apply(const BinnedTree& tree, std::span<const std::uint32_t> leaf_nodes) {
    for (std::size_t leaf = 0; leaf < leaf_nodes.size(); ++leaf) {
        const auto value = static_cast<float>(tree.nodes[leaf_nodes[leaf]].value);
        for (const Event& event : events_of(leaf)) shared_.logit[event.row] += value;
    }
    if (shared_.drawn.empty()) return;
    for (std::size_t row = begin_; row < end_; ++row) {
        if (shared_.drawn[row] != 0) continue;
        shared_.logit[row] += static_cast<float>(tree.leaf_of(shared_.bins.row(row)).value);
    }
}

}  // namespace lacathode::ml::trees
