#include "lacathode/ml/trees_training.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/core/thread_team.hpp"
#include "ml/epoch_loop.hpp"
#include "ml/trees/checks.hpp"
#include "ml/trees/ensemble_builder.hpp"
#include "ml/trees/grower.hpp"
#include "ml/trees/subsample.hpp"
#include "ml/trees/tree_state.hpp"

namespace lacathode {
namespace ml::trees {
namespace {

std::vector<float> signed_weights(const ClassifierData& data) {
    std::vector<float> weights(data.size());
    std::ranges::transform(
        data.weight, data.target, weights.begin(),
        [](float weight, float target) { return target > 0 ? weight : -weight; });
    return weights;
}

// The logit of the weighted fraction of data events: the constant of lowest loss.
double constant_logit(std::span<const float> signed_weight) {
    double data = 0;
    double background = 0;
    for (const float weight : signed_weight) (weight > 0 ? data : background) += double{weight};
    if (data > 0 && background < 0) return std::log(data / -background);
    throw InputError(concat("the trees' training set has only ", data > 0 ? "data" : "background",
                            " events; both are needed"));
}

float largest(const std::vector<float>& weights) {
    return *std::ranges::max_element(weights);
}

// Logits and loss of events that no tree is grown on.
class Validation {
  public:
    Validation(const ClassifierData& data, const std::vector<BinEdges>& edges, float constant,
               ThreadTeam& team)
        : bins_(data.x, edges, static_cast<int>(team.size())),
          weight_(signed_weights(data)),
          logit_(data.size(), constant),
          block_loss_((data.size() + block_events - 1) / block_events),
          team_(team) {}

    /// Adds the tree to the logits. Returns the loss (mean).
    double add(const BinnedTree& tree) {
        team_.run([&](std::size_t member) {
            const Share blocks = share_of(block_loss_.size(), member, team_.size());
            for (std::size_t block = blocks.begin; block < blocks.end; ++block) {
                const std::size_t first = block * block_events;
                const std::size_t count = std::min(block_events, logit_.size() - first);
                const std::span logit = std::span(logit_).subspan(first, count);
                add_values(tree, bins_, first, logit);
                block_loss_[block] = loss_sum(logit, std::span(weight_).subspan(first, count));
            }
        });
        return std::accumulate(block_loss_.begin(), block_loss_.end(), 0.0) /
               static_cast<double>(logit_.size());
    }

  private:
    BinnedEvents bins_;
    std::vector<float> weight_;
    std::vector<float> logit_;
    std::vector<double> block_loss_;
    ThreadTeam& team_;
};

std::vector<std::size_t> bin_counts(const std::vector<BinEdges>& edges) {
    std::vector<std::size_t> counts;
    for (const BinEdges& feature : edges) counts.push_back(feature.size() + 1);
    return counts;
}

double finite(double loss, const char* what, std::size_t tree) {
    if (std::isfinite(loss)) return loss;
    throw NumericalError(concat("the ", what, " loss of the trees is ", loss, " after tree ", tree,
                                "; try a lower learning rate, or look for extreme weights"));
}

// Of a training that was stopped; none of a new one.
std::vector<BinnedTree> kept_trees(TrainingKeeper* keeper) {
    const std::optional<TrainingState> state = keeper ? keeper->kept() : std::nullopt;
    if (!state) return {};
    std::vector<BinnedTree> trees = trees_of(*state);
    log_info(concat("trees: goes on after ", trees.size(), " trees"));
    return trees;
}

// Between two trees; a null keeper keeps none.
void keep_or_stop(TrainingKeeper* keeper, const std::vector<BinnedTree>& grown) {
    const auto keep_if_due = [&] {
        if (keeper && keeper->is_due()) keeper->keep(state_of(grown));
    };
    keep_if_due();
    try {
        check_interrupt();
    } catch (const Interrupted&) {
        keep_if_due();
        throw;
    }
}

// The losses so far, and when to stop.
class Record {
  public:
    Record(TrainedTrees& trained, std::size_t patience) : trained_(trained), patience_(patience) {}

    void add(double training, double validation) {
        const std::size_t tree = trained_.validation_loss.size();
        trained_.training_loss.push_back(finite(training, "training", tree));
        trained_.validation_loss.push_back(finite(validation, "validation", tree));
        if (validation < trained_.validation_loss[best_]) best_ = tree;
        note_ =
            concat("tree ", tree, ": training loss ", training, ", validation loss ", validation);
        log_debug(note_);
    }
    [[nodiscard]] std::size_t best() const { return best_; }
    [[nodiscard]] const std::string& note() const { return note_; }
    [[nodiscard]] bool out_of_patience() const {
        return trained_.validation_loss.size() - 1 - best_ >= patience_;
    }

  private:
    TrainedTrees& trained_;
    std::size_t patience_;
    std::size_t best_ = 0;
    std::string note_;
};

}  // namespace
}  // namespace ml::trees

TrainedTrees train_trees(const ClassifierData& training, const ClassifierData& validation,
                         const TreesOptions& options, const RandomStream& stream, int threads,
                         TrainingKeeper* keeper) {
    using namespace ml::trees;
    require_no_problems("training of the trees", problems(options));
    check_data(training, "training", training.x.cols());
    check_data(validation, "validation", training.x.cols());

    const std::vector<BinEdges> edges = quantile_edges(training.x, options.bins, threads);
    const BinnedEvents bins(training.x, edges, threads);
    const std::vector<float> weight = signed_weights(training);
    const FixedPoint scale(training.size(), largest(training.weight));
    check_resolution(training, scale);
    const double constant = constant_logit(weight);
    std::vector<float> logit(training.size(), static_cast<float>(constant));
    std::vector<std::uint8_t> drawn(options.subsample < 1 ? training.size() : 0);
    const auto draw_for = [&](std::size_t tree) {
        if (!drawn.empty()) draw_subsample(drawn, options.subsample, stream.at(tree));
    };

    ThreadTeam team(std::max(threads, 1));
    const TrainingEvents events{bins, weight, scale, logit, drawn};
    Grower grower(events, bin_counts(edges),
                  {options.leaves, options.learning_rate, {options.l2, options.minimum_events}},
                  team);
    Validation check(validation, edges, static_cast<float>(constant), team);
    EnsembleBuilder builder(edges, constant);
    TrainedTrees trained;
    Record record(trained, options.patience);
    Progress progress("training trees", options.trees);
    std::vector<BinnedTree> grown = kept_trees(keeper);
    const std::size_t kept = grown.size();
    progress.go_on_from(kept);

    draw_for(1);
    record.add(grower.differentiate(), check.add(BinnedTree{{BinnedNode{}}}));
    for (std::size_t tree = 1; tree <= options.trees && !record.out_of_patience(); ++tree) {
        keep_or_stop(tree > kept ? keeper : nullptr, grown);
        if (tree > kept) {
            grown.push_back(grower.grow());
            // Another draw of events may be split.
            if (grown.back().nodes.size() == 1 && drawn.empty()) {
                log_debug(concat("no split lowers the loss after ", tree - 1, " trees"));
                break;
            }
            grower.apply(grown.back());
        } else {
            add_values(grown[tree - 1], bins, 0, logit);
        }
        builder.add(grown[tree - 1]);
        const double validation_loss = check.add(grown[tree - 1]);
        draw_for(tree + 1);
        record.add(grower.differentiate(), validation_loss);
        progress.update(tree, record.note());
    }
    trained.ensemble = builder.first(record.best());
    return trained;
}

}  // namespace lacathode
