#include "ml/epoch_loop.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/text.hpp"

namespace lacathode::ml::detail {

EpochLoop::EpochLoop(std::string what, std::size_t events, std::size_t batch_size,
                     std::size_t epochs, LearningRateSchedule schedule, const RandomStream& stream)
    : what_(std::move(what)),
      batch_size_(batch_size),
      epochs_(epochs),
      schedule_(schedule),
      stream_(stream),
      order_(events),
      progress_("training " + what_, epochs * ((events + batch_size - 1) / batch_size)) {
    expects(events > 0 && batch_size > 0 && epochs > 0, "events, batch size and epochs are > 0");
    expects(events <= std::numeric_limits<std::uint32_t>::max(), "row numbers fit 32 bits");
}

void EpochLoop::go_on_from(const EpochPosition& position) {
    position_ = position;
    progress_.go_on_from((position.epoch - 1) * batches() + position.batches);
}

double EpochLoop::run(std::size_t epoch, const Step& step) {
    if (epoch != position_.epoch) position_ = {.epoch = epoch, .batches = 0, .loss_sum = 0};
    keeping_state([&] {
        // From the identity, so that an epoch's order depends on nothing but its number.
        std::iota(order_.begin(), order_.end(), 0U);
        RandomStream shuffling = stream_.at(epoch);
        shuffling.shuffle(std::span(order_));
    });
    while (position_.batches < batches()) {
        keep_if_due();
        keeping_state([] { check_interrupt(); });
        const std::size_t batch = position_.batches;
        const std::size_t begin = batch * batch_size_;
        const std::span<const std::uint32_t> rows(order_.data() + begin,
                                                  std::min(batch_size_, order_.size() - begin));
        const std::size_t done = (epoch - 1) * batches() + batch;
        const double loss = step(rows, learning_rate_factor(schedule_, done, epochs_ * batches()));
        check_finite(loss, epoch, batch, rows);
        position_.loss_sum += loss * static_cast<double>(rows.size());
        ++position_.batches;
        progress_.update(done + 1, note_);
    }
    return position_.loss_sum / static_cast<double>(order_.size());
}

void EpochLoop::keeping_state(const std::function<void()>& work) {
    try {
        work();
    } catch (const Interrupted&) {
        keep_if_due();
        throw;
    }
}

void EpochLoop::keep_if_due() {
    if (keeper_ && keeper_->is_due()) keeper_->keep(state_(position_));
}

void EpochLoop::check_finite(double loss, std::size_t epoch, std::size_t batch,
                             std::span<const std::uint32_t> rows) const {
    if (std::isfinite(loss)) return;
    throw NumericalError(non_finite_loss(what_, loss, epoch, batch, batches(), rows));
}

std::string non_finite_loss(const std::string& what, double loss, std::size_t epoch,
                            std::size_t batch, std::size_t batches,
                            std::span<const std::uint32_t> rows) {
    return concat("the training loss of the ", what, " is ", loss, " in epoch ", epoch, ", batch ",
                  batch + 1, " of ", batches, " (", rows.size(), " events, the first is row ",
                  rows.front(),
                  "); try a lower learning rate, or look for outliers in the "
                  "inputs");
}

void require_finite_data(const std::string& what, std::span<const float> values, std::size_t cols) {
    if (values.empty()) {
        throw InputError(what + ": there are no events; check the selection that made them");
    }
    const auto bad =
        std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
    if (bad == values.end()) return;
    const auto place = static_cast<std::size_t>(bad - values.begin());
    throw InputError(concat(what, ": column ", place % cols, " of row ", place / cols, " is ", *bad,
                            "; only finite values can be trained on: leave such events out"));
}

}  // namespace lacathode::ml::detail
