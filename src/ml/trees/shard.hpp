// One thread's part of the training events, sorted by leaf while a tree grows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ml/trees/binned_tree.hpp"
#include "ml/trees/fixed_point.hpp"
#include "ml/trees/gradient.hpp"
#include "ml/trees/quantile_bins.hpp"
#include "ml/trees/split.hpp"

namespace lacathode::ml::trees {

/// What all shards share. The spans have an entry an event, [N].
struct TrainingEvents {
    const BinnedEvents& bins;
    std::span<const float> signed_weight;  ///< negative for background
    const FixedPoint& scale;
    std::span<float> logit;
    std::span<const std::uint8_t> drawn;  ///< 0: not in this tree; empty: all are in it
};

/// Sums of each bin of each feature. [D, histogram_bins]
using Histogram = std::vector<Sums>;

/// Events of a leaf are contiguous, and move when it is split: from one of two buffers to the
/// other, left ones from the front of the leaf's part, right ones from its back.
class Shard {
  public:
    /// Events [begin, end) for trees of up to `leaves` leaves; `begin` is a multiple of
    /// block_events.
    Shard(const TrainingEvents& events, std::size_t begin, std::size_t end, std::size_t leaves);

    /// Puts all events that are drawn into leaf 0, with the gradients at their present logits.
    /// `block_loss` has an entry for each block of the training set; those of the shard are set.
    void gather(std::span<double> block_loss);
    /// Moves the events of `leaf` right of the split to `new_leaf`.
    void split(std::size_t leaf, std::size_t new_leaf, const Split& split);
    void add_to(Histogram& histogram, std::size_t leaf) const;
    /// Adds the tree's values to the logits; leaf i of the shard is node leaf_nodes[i].
    void apply(const BinnedTree& tree, std::span<const std::uint32_t> leaf_nodes);

  private:
    // 16 bytes, one vector register. The first four bins travel with the event; where there are
    // more features, the others are fetched by row.
    struct alignas(16) Event {
        std::uint32_t row;
        std::int32_t gradient;
        std::int32_t hessian;
        std::uint32_t bins;
    };
    static constexpr std::size_t bins_aboard = 4;
    struct Part {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::size_t buffer = 0;
    };

    [[nodiscard]] std::span<const Event> events_of(std::size_t leaf) const;
    template <std::size_t aboard>
    void add_aboard(Histogram& histogram, std::span<const Event> events) const;
    void add_others(Histogram& histogram, std::span<const Event> events) const;
    template <class BinOf>
    std::size_t move(const Part& part, std::uint32_t last_left, const BinOf& bin_of);

    const TrainingEvents& shared_;
    std::size_t begin_;
    std::size_t end_;
    std::array<std::vector<Event>, 2> buffers_;
    std::vector<Part> parts_;  // [leaves]
};

}  // namespace lacathode::ml::trees
