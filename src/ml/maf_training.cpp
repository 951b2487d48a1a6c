#include "lacathode/ml/maf_training.hpp"

#include <cmath>
#include <cstddef>
#include <optional>

#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "ml/epoch_loop.hpp"
#include "ml/maf_record.hpp"
#include "ml/network_state.hpp"
#include "ml/training_checks.hpp"

namespace lacathode {
namespace {

LogProbSum log_prob_sum(const MafNetwork& flow, const FlowData& data) {
    LogProbSum result;
    const std::vector<double> log_p = log_prob(flow.forward(data.y, data.mass));
    for (std::size_t row = 0; row < log_p.size(); ++row) {
        if (std::isfinite(log_p[row]) && std::abs(log_p[row]) < largest_log_prob) {
            result.sum += data.weight_of(row) * log_p[row];
            result.weight += data.weight_of(row);
        } else {
            ++result.left_out;
        }
    }
    return result;
}

// One training in progress: everything that an epoch adds to.
class MafTrainingRun {
  public:
    MafTrainingRun(MafNetwork& flow, const FlowData& training, const FlowData& validation,
                   const MafTrainingOptions& options, const RandomStream& stream)
        : flow_(flow),
          training_(training),
          validation_(validation),
          record_("flow", options, training.size(), validation.size()),
          loop_("flow", training.size(), options.batch_size, options.epochs, options.schedule,
                stream) {
        if (ml::detail::ends_with_a_single_event(training.size(), options.batch_size))
            ml::detail::warn_of_single_events();
    }

    void untrained() {
        const std::size_t left_out = flow_.set_population_statistics(training_);
        record_.check_statistics(0, left_out);
        record_.add_untrained(left_out, log_prob_sum(flow_, training_),
                              log_prob_sum(flow_, validation_));
        loop_.set_note(record_.note());
    }

    void run(std::size_t epoch) {
        const double training_loss = loop_.run(epoch, [&](auto rows, double rate_factor) {
            flow_.scale_learning_rate(rate_factor);
            return flow_.training_step(training_, rows);
        });
        loop_.keeping_state([&] {
            const std::size_t left_out = flow_.set_population_statistics(training_);
            record_.check_statistics(epoch, left_out);
            record_.add_epoch(epoch, training_loss, left_out, log_prob_sum(flow_, validation_));
        });
        loop_.set_note(record_.note());
        record_.offer_state(epoch, [&] { return flow_.state(); });
    }

    void keep_with(TrainingKeeper& keeper) {
        loop_.keep_with(keeper, [this](const auto& position) { return state(position); });
    }

    /// Returns the epoch to go on in.
    std::size_t restore(const TrainingState& state) {
        const ml::detail::EpochPosition position = ml::detail::position_of(state);
        ml::detail::restore_network(state, flow_);
        record_.restore(state);
        loop_.go_on_from(position);
        log_info(concat("flow: goes on in epoch ", position.epoch, ", after ", position.batches,
                        " batches"));
        return position.epoch;
    }

    [[nodiscard]] TrainedMaf result() const { return record_.result(flow_.architecture()); }

  private:
    [[nodiscard]] TrainingState state(const ml::detail::EpochPosition& position) const {
        TrainingState state;
        ml::detail::add_position(state, position);
        ml::detail::add_network(state, flow_);
        record_.add_to(state);
        return state;
    }

    MafNetwork& flow_;
    const FlowData& training_;
    const FlowData& validation_;
    ml::detail::MafRecord record_;
    ml::detail::EpochLoop loop_;
};

}  // namespace

void set_mean_weight_one(FlowData& training) {
    if (training.weight.empty()) return;
    const double sum = ml::detail::positive_sum_of_weights(training, "training");
    const double scale = static_cast<double>(training.size()) / sum;
    for (float& weight : training.weight) weight = static_cast<float>(double{weight} * scale);
}

void require_positive_weights(const FlowData& data, const std::string& what) {
    if (!data.weight.empty()) ml::detail::positive_sum_of_weights(data, what);
}

TrainedMaf train_maf(MafNetwork& flow, const FlowData& training, const FlowData& validation,
                     const MafTrainingOptions& options, const RandomStream& stream,
                     TrainingKeeper* keeper) {
    require_no_problems("flow training", problems(options));
    ml::detail::check_flow_data(flow.architecture(), training, "training");
    ml::detail::check_flow_data(flow.architecture(), validation, "validation");
    MafTrainingRun run(flow, training, validation, options, stream);
    const std::optional<TrainingState> kept = keeper ? keeper->kept() : std::nullopt;
    std::size_t first = 1;
    if (kept) {
        first = run.restore(*kept);
    } else {
        // Index 0 of the stream gives the weights, index e the order of epoch e.
        flow.load(initial_maf_state(flow.architecture(), stream.at(0)));
        run.untrained();
    }
    if (keeper) run.keep_with(*keeper);
    for (std::size_t epoch = first; epoch <= options.epochs; ++epoch) run.run(epoch);
    return run.result();
}

}  // namespace lacathode
