#include "ml/trees/grower.hpp"

#include <algorithm>
#include <numeric>

namespace lacathode::ml::trees {
namespace {

/// Below this number of events a split takes less time than waking the team.
constexpr std::size_t events_worth_a_team = 4096;

constexpr std::size_t blocks_of(std::size_t events) {
    return (events + block_events - 1) / block_events;
}

}  // namespace

Grower::Grower(const TrainingEvents& events, std::vector<std::size_t> bins,
               const GrowthOptions& options, ThreadTeam& team)
    : events_(events),
      bins_(std::move(bins)),
      options_(options),
      team_(team),
      block_loss_(blocks_of(events.bins.size())) {
    const std::size_t count = events.bins.size();
    for (std::size_t member = 0; member < team.size(); ++member) {
        const Share blocks = share_of(block_loss_.size(), member, team.size());
        shards_.emplace_back(events, std::min(count, blocks.begin * block_events),
                             std::min(count, blocks.end * block_events), options.leaves);
    }
    partial_.resize(team.size());
    for (Histogram& partial : partial_) partial.resize(bins_.size() * histogram_bins);
    for (std::vector<Split>& found : found_) found.resize(bins_.size());
}

double Grower::differentiate() {
    team_.run([&](std::size_t member) { shards_[member].gather(block_loss_); });
    const double sum = std::accumulate(block_loss_.begin(), block_loss_.end(), 0.0);
    return sum / static_cast<double>(events_.bins.size());
}

BinnedTree Grower::grow() {
    BinnedTree tree{{BinnedNode{}}};
    leaves_ = {{.node = 0, .histogram = 0, .sums = {}, .best = {}}};
    if (histograms_.empty()) histograms_.emplace_back(bins_.size() * histogram_bins);
    in_two_phases(
        events_.bins.size(), [&](std::size_t member) { sum_own_events(member, 0); },
        [&](std::size_t feature) { finish_histogram(feature, 0); });
    for (std::size_t bin = 0; bin < bins_[0]; ++bin) leaves_[0].sums += histograms_[0][bin];
    for (std::size_t feature = 0; feature < bins_.size(); ++feature) {
        found_[0][feature] = best_of(feature, leaves_[0]);
    }
    take_best(leaves_[0], found_[0]);
    while (leaves_.size() < options_.leaves) {
        const std::size_t leaf = best_leaf();
        if (!(leaves_[leaf].best.gain > 0)) break;
        split_leaf(leaf, tree);
    }
    if (tree.nodes.size() == 1) return tree;
    for (const Leaf& leaf : leaves_) {
        tree.nodes[leaf.node].value =
            -options_.learning_rate * events_.scale.gradient(leaf.sums) /
            (events_.scale.hessian(leaf.sums) + options_.rules.l2);  // eq. (4)
    }
    return tree;
}

void Grower::apply(const BinnedTree& tree) {
    std::vector<std::uint32_t> nodes;
    for (const Leaf& leaf : leaves_) nodes.push_back(leaf.node);
    team_.run([&](std::size_t member) { shards_[member].apply(tree, nodes); });
}

std::size_t Grower::best_leaf() const {
    // Of equal gains the first: the order of leaves is the order in which they were made.
    const auto best =
        std::ranges::max_element(leaves_, {}, [](const Leaf& leaf) { return leaf.best.gain; });
    return static_cast<std::size_t>(best - leaves_.begin());
}

void Grower::split_leaf(std::size_t leaf, BinnedTree& tree) {
    const Split split = leaves_[leaf].best;
    const std::size_t new_leaf = leaves_.size();
    const auto node = static_cast<std::uint32_t>(tree.nodes.size());
    tree.nodes[leaves_[leaf].node] = {
        static_cast<std::uint32_t>(split.feature), split.bin, {node, node + 1}, 0};
    for (const std::uint32_t child : {node, node + 1}) {
        tree.nodes.push_back({0, histogram_bins, {child, child}, 0});
    }
    const std::size_t parents_histogram = leaves_[leaf].histogram;
    leaves_[leaf] = {node, parents_histogram, split.left, {}};
    leaves_.push_back({node + 1, parents_histogram, split.right, {}});
    const Children children = children_of(leaf, new_leaf);
    // The larger child's histogram takes the place of the parent's.
    leaves_[children.smaller].histogram = new_leaf;
    if (histograms_.size() == new_leaf) histograms_.emplace_back(bins_.size() * histogram_bins);

    in_two_phases(
        events_.scale.events(split.left) + events_.scale.events(split.right),
        [&](std::size_t member) {
            shards_[member].split(leaf, new_leaf, split);
            if (children.can_be_split) sum_own_events(member, children.smaller);
        },
        [&](std::size_t feature) {
            if (!children.can_be_split) return;
            finish_histogram(feature, new_leaf);
            Sums* larger = histograms_[parents_histogram].data() + feature * histogram_bins;
            const Sums* smaller = histograms_[new_leaf].data() + feature * histogram_bins;
            for (std::size_t bin = 0; bin < bins_[feature]; ++bin) larger[bin] -= smaller[bin];
            found_[0][feature] = best_of(feature, leaves_[children.smaller]);
            found_[1][feature] = best_of(feature, leaves_[children.larger]);
        });
    if (!children.can_be_split) return;
    take_best(leaves_[children.smaller], found_[0]);
    take_best(leaves_[children.larger], found_[1]);
}

Grower::Children Grower::children_of(std::size_t leaf, std::size_t new_leaf) const {
    const bool left_is_smaller =
        events_.scale.events(leaves_[leaf].sums) <= events_.scale.events(leaves_[new_leaf].sums);
    Children children{left_is_smaller ? leaf : new_leaf, left_is_smaller ? new_leaf : leaf, false};
    children.can_be_split =
        leaves_.size() < options_.leaves &&
        (can_be_split(leaves_[leaf].sums) || can_be_split(leaves_[new_leaf].sums));
    return children;
}

bool Grower::can_be_split(const Sums& sums) const {
    return events_.scale.events(sums) >= 2 * options_.rules.minimum_events;
}

void Grower::sum_own_events(std::size_t member, std::size_t leaf) {
    std::ranges::fill(partial_[member], Sums{});
    shards_[member].add_to(partial_[member], leaf);
}

void Grower::finish_histogram(std::size_t feature, std::size_t histogram) {
    const std::size_t first = feature * histogram_bins;
    for (std::size_t bin = first; bin < first + bins_[feature]; ++bin) {
        Sums sums = partial_[0][bin];
        for (std::size_t member = 1; member < partial_.size(); ++member) {
            sums += partial_[member][bin];
        }
        histograms_[histogram][bin] = sums;
    }
}

Split Grower::best_of(std::size_t feature, const Leaf& leaf) const {
    if (!can_be_split(leaf.sums)) return {};
    const std::span histogram(histograms_[leaf.histogram]);
    return best_split(histogram.subspan(feature * histogram_bins, bins_[feature]), leaf.sums,
                      feature, events_.scale, options_.rules);
}

void Grower::take_best(Leaf& leaf, std::span<const Split> of_features) const {
    leaf.best = *std::ranges::max_element(of_features, {}, &Split::gain);
}

// first(member) for all members, then second(feature) for all features.
void Grower::in_two_phases(std::size_t events, const std::function<void(std::size_t)>& first,
                           const std::function<void(std::size_t)>& second) {
    if (events < events_worth_a_team) {
        for (std::size_t member = 0; member < team_.size(); ++member) first(member);
        for (std::size_t feature = 0; feature < bins_.size(); ++feature) second(feature);
        return;
    }
    team_.run([&](std::size_t member) {
        first(member);
        team_.barrier();
        const Share share = share_of(bins_.size(), member, team_.size());
        for (std::size_t feature = share.begin; feature < share.end; ++feature) second(feature);
    });
}

}  // namespace lacathode::ml::trees
