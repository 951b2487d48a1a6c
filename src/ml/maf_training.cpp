#include "lacathode/ml/maf_training.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "ml/epoch_loop.hpp"
#include "ml/network_state.hpp"

namespace lacathode {
namespace {

constexpr double largest_log_prob = 1000;  // docs/method.md, section 3
constexpr double largest_left_out = 1e-3;  // fraction of the events

// `what` ends where the number of events follows.
void check_left_out(std::uint64_t left_out, std::size_t events, const std::string& what,
                    std::size_t epoch) {
    if (static_cast<double>(left_out) <= largest_left_out * static_cast<double>(events)) return;
    throw NumericalError(
        concat("epoch ", epoch, epoch == 0 ? " (untrained)" : "", ": ", what, " ", left_out, " of ",
               events, " events, more than the allowed fraction ", largest_left_out,
               "; try a lower learning rate, or look for far outliers in the features"));
}

struct EvaluationLoss {
    double mean = 0;  // over the events that are not left out
    std::uint64_t left_out = 0;
};

// `what` is evaluated: "training" or "validation".
EvaluationLoss evaluation_loss(const MafNetwork& flow, const FlowData& data, const char* what,
                               std::size_t epoch) {
    EvaluationLoss loss;
    double sum = 0;
    for (const double log_p : log_prob(flow.forward(data.y, data.mass))) {
        if (std::isfinite(log_p) && std::abs(log_p) < largest_log_prob) {
            sum -= log_p;
        } else {
            ++loss.left_out;
        }
    }
    check_left_out(loss.left_out, data.size(),
                   concat(what, " log p is not finite or beyond ", largest_log_prob, " for"),
                   epoch);
    const auto events = static_cast<double>(data.size());
    loss.mean = sum / (events - static_cast<double>(loss.left_out));
    return loss;
}

void check_data(const MafNetwork& flow, const FlowData& data, const std::string& what) {
    expects(data.y.rows() == data.size(), "features and masses have as many rows");
    ml::detail::require_finite_data("flow " + what + " masses", data.mass);
    expects(data.y.cols() == flow.architecture().features, "data and flow agree on the features");
    ml::detail::require_finite_data("flow " + what + " features", data.y.values());
}

// One training in progress: everything that an epoch adds to.
class MafTrainingRun {
  public:
    MafTrainingRun(MafNetwork& flow, const FlowData& training, const FlowData& validation,
                   const MafTrainingOptions& options, const RandomStream& stream)
        : flow_(flow),
          training_(training),
          validation_(validation),
          best_(kept_checkpoints(options.keep_best, options.epochs)),
          loop_("flow", training.size(), options.batch_size, options.epochs, options.schedule,
                stream) {
        if (training.size() % options.batch_size == 1) {
            log_warning(
                "the last batch of every epoch holds a single event, whose batch variance "
                "is zero; another batch size avoids that");
        }
    }

    void untrained() {
        set_statistics(0);
        const EvaluationLoss loss = evaluation_loss(flow_, training_, "training", 0);
        if (loss.left_out > 0) {
            log_info(concat("untrained flow: ", loss.left_out, " of ", training_.size(),
                            " training events left out of the mean loss"));
        }
        record(0, loss.mean);
    }

    void run(std::size_t epoch) {
        const double training_loss = loop_.run(epoch, [&](auto rows, double rate_factor) {
            flow_.scale_learning_rate(rate_factor);
            return flow_.training_step(training_, rows);
        });
        loop_.finish([&] {
            set_statistics(epoch);
            record(epoch, training_loss);
        });
        best_.offer(epoch, losses_.validation.back(), [&] { return flow_.state(); });
    }

    void keep_with(TrainingKeeper& keeper) {
        loop_.keep_with(keeper, [this](const auto& position) { return state(position); });
    }

    /// Returns the epoch to go on in.
    std::size_t restore(const TrainingState& state) {
        const ml::detail::EpochPosition position = ml::detail::position_of(state);
        ml::detail::restore_network(state, flow_);
        ml::detail::restore_best(state, best_);
        losses_.training = state.numbers_of("training_loss");
        losses_.validation = state.numbers_of("validation_loss");
        losses_.validation_left_out = counts(state.numbers_of("validation_left_out"));
        losses_.statistics_left_out = counts(state.numbers_of("statistics_left_out"));
        loop_.go_on_from(position);
        log_info(concat("flow: goes on in epoch ", position.epoch, ", after ", position.batches,
                        " batches"));
        return position.epoch;
    }

    [[nodiscard]] TrainedMaf result() const {
        const Checkpoint& best = best_.ranked().front();
        const std::uint64_t left_out = std::ranges::max(losses_.validation_left_out);
        log_info(concat("flow: best epoch ", best.epoch, ", validation loss ", best.validation_loss,
                        "; at most ", left_out, " of ", validation_.size(),
                        " validation events left out in an epoch, and ",
                        std::ranges::max(losses_.statistics_left_out), " of ", training_.size(),
                        " training events left out of the batch norms' statistics"));
        return {flow_.architecture(), losses_, best_.ranked()};
    }

  private:
    [[nodiscard]] static std::vector<std::uint64_t> counts(const std::vector<double>& values) {
        return {values.begin(), values.end()};
    }

    [[nodiscard]] TrainingState state(const ml::detail::EpochPosition& position) const {
        TrainingState state;
        ml::detail::add_position(state, position);
        ml::detail::add_network(state, flow_);
        ml::detail::add_best(state, best_);
        // Of the epochs that are complete, and the untrained flow.
        const auto numbers = [&](const char* name, const auto& values) {
            state.numbers.emplace_back(
                name, std::vector<double>(values.begin(),
                                          values.begin() + std::ptrdiff_t(position.epoch)));
        };
        numbers("training_loss", losses_.training);
        numbers("validation_loss", losses_.validation);
        numbers("validation_left_out", losses_.validation_left_out);
        numbers("statistics_left_out", losses_.statistics_left_out);
        return state;
    }

    void set_statistics(std::size_t epoch) {
        const std::size_t left_out = flow_.set_population_statistics(training_);
        losses_.statistics_left_out.push_back(left_out);
        check_left_out(left_out, training_.size(), "the batch norms' statistics leave out", epoch);
    }

    void record(std::size_t epoch, double training_loss) {
        const EvaluationLoss loss = evaluation_loss(flow_, validation_, "validation", epoch);
        losses_.training.push_back(training_loss);
        losses_.validation.push_back(loss.mean);
        losses_.validation_left_out.push_back(loss.left_out);
        const std::string note =
            concat("epoch ", epoch, ": training loss ", training_loss, ", validation loss ",
                   loss.mean, " (", loss.left_out, " events left out)");
        log_debug("flow " + note);
        loop_.set_note(note);
    }

    MafNetwork& flow_;
    const FlowData& training_;
    const FlowData& validation_;
    FlowLosses losses_;
    BestCheckpoints best_;
    ml::detail::EpochLoop loop_;
};

}  // namespace

TrainedMaf train_maf(MafNetwork& flow, const FlowData& training, const FlowData& validation,
                     const MafTrainingOptions& options, const RandomStream& stream,
                     TrainingKeeper* keeper) {
    require_no_problems("flow training", problems(options));
    check_data(flow, training, "training");
    check_data(flow, validation, "validation");
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
