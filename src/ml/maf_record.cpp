#include "ml/maf_record.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "ml/network_state.hpp"

namespace lacathode::ml::detail {
namespace {

constexpr double largest_left_out = 1e-3;  // fraction of the events

// `what` ends where the number of events follows.
void check_left_out(std::uint64_t left_out, std::size_t events, const std::string& what,
                    std::size_t epoch) {
    if (static_cast<double>(left_out) <= largest_left_out * static_cast<double>(events)) return;
    const std::string_view remedy =
        epoch == 0 ? "nothing has been learned yet: give a mass of order one (prepare.mass_scale), "
                     "and look for far outliers in the features"
                   : "try a lower learning rate, or look for far outliers in the features";
    throw NumericalError(
        concat("epoch ", epoch, epoch == 0 ? " (untrained)" : "", ": ", what, " ", left_out, " of ",
               events, " events, more than the allowed fraction ", largest_left_out, "; ", remedy));
}

// `what` is evaluated: "training" or "validation".
double mean_loss(const LogProbSum& log_prob, std::size_t events, const char* what,
                 std::size_t epoch) {
    check_left_out(log_prob.left_out, events,
                   concat(what, " log p is not finite or beyond ", largest_log_prob, " for"),
                   epoch);
    if (log_prob.weight > 0) return -log_prob.sum / log_prob.weight;
    throw NumericalError(
        concat("epoch ", epoch, ": the weights of the ", what,
               " events whose log p is finite add up to ", log_prob.weight,
               ", and must add up to more than 0: take more events, or leave those of "
               "large negative weight out"));
}

std::vector<std::uint64_t> counts(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

}  // namespace

MafRecord::MafRecord(std::string name, const MafTrainingOptions& options,
                     std::size_t training_events, std::size_t validation_events)
    : name_(std::move(name)),
      training_events_(training_events),
      validation_events_(validation_events),
      best_(kept_checkpoints(options.keep_best, options.epochs)) {}

void MafRecord::check_statistics(std::size_t epoch, std::uint64_t left_out) const {
    check_left_out(left_out, training_events_, "the batch norms' statistics leave out", epoch);
}

void MafRecord::add_untrained(std::uint64_t statistics_left_out, const LogProbSum& training,
                              const LogProbSum& validation) {
    const double loss = mean_loss(training, training_events_, "training", 0);
    if (training.left_out > 0) {
        log_info(concat("untrained ", name_, ": ", training.left_out, " of ", training_events_,
                        " training events left out of the mean loss"));
    }
    add_epoch(0, loss, statistics_left_out, validation);
}

void MafRecord::add_epoch(std::size_t epoch, double training_loss,
                          std::uint64_t statistics_left_out, const LogProbSum& validation) {
    const double loss = mean_loss(validation, validation_events_, "validation", epoch);
    losses_.training.push_back(training_loss);
    losses_.validation.push_back(loss);
    losses_.validation_left_out.push_back(validation.left_out);
    losses_.statistics_left_out.push_back(statistics_left_out);
    note_ = concat("epoch ", epoch, ": training loss ", training_loss, ", validation loss ", loss,
                   " (", validation.left_out, " events left out)");
    log_debug(concat(name_, ' ', note_));
}

void MafRecord::add_to(TrainingState& state) const {
    add_best(state, best_);
    const auto numbers = [&](const char* name, const auto& values) {
        state.numbers.emplace_back(name, std::vector<double>(values.begin(), values.end()));
    };
    numbers("training_loss", losses_.training);
    numbers("validation_loss", losses_.validation);
    numbers("validation_left_out", losses_.validation_left_out);
    numbers("statistics_left_out", losses_.statistics_left_out);
}

void MafRecord::restore(const TrainingState& state) {
    restore_best(state, best_);
    losses_.training = state.numbers_of("training_loss");
    losses_.validation = state.numbers_of("validation_loss");
    losses_.validation_left_out = counts(state.numbers_of("validation_left_out"));
    losses_.statistics_left_out = counts(state.numbers_of("statistics_left_out"));
}

TrainedMaf MafRecord::result(const MafArchitecture& architecture) const {
    const Checkpoint& best = best_.ranked().front();
    const std::uint64_t left_out = std::ranges::max(losses_.validation_left_out);
    log_info(concat(name_, ": best epoch ", best.epoch, ", validation loss ", best.validation_loss,
                    "; at most ", left_out, " of ", validation_events_,
                    " validation events left out in an epoch, and ",
                    std::ranges::max(losses_.statistics_left_out), " of ", training_events_,
                    " training events left out of the batch norms' statistics"));
    return {architecture, losses_, best_.ranked()};
}

}  // namespace lacathode::ml::detail
