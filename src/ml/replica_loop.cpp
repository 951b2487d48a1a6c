#include "ml/replica_loop.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/core/text.hpp"
#include "ml/network_state.hpp"

namespace lacathode::ml::detail {
namespace {

std::string prefix(std::size_t replica) {
    return concat("replica_", replica, '/');
}

std::size_t most_batches(const std::vector<ReplicaSource>& sources, std::size_t batch_size) {
    std::size_t most = 0;
    for (const ReplicaSource& source : sources)
        most = std::max(most, (source.events + batch_size - 1) / batch_size);
    return most;
}

}  // namespace

ReplicaLoop::ReplicaLoop(const std::string& what, Replicas& replicas,
                         std::vector<ReplicaSource> sources, std::size_t batch_size,
                         std::size_t epochs, LearningRateSchedule schedule, int threads)
    : replicas_(replicas),
      sources_(std::move(sources)),
      batch_size_(batch_size),
      epochs_(epochs),
      schedule_(schedule),
      threads_(threads),
      most_batches_(most_batches(sources_, batch_size)),
      loss_sums_(sources_.size(), 0.0),
      failures_(sources_.size()),
      progress_(concat("training ", sources_.size(), ' ', what), epochs * most_batches_) {
    expects(sources_.size() == replicas.count(), "a source a replica");
    for (const ReplicaSource& source : sources_) {
        expects(source.events > 0 && source.events <= std::numeric_limits<std::uint32_t>::max(),
                "there are events, and row numbers fit 32 bits");
    }
}

std::size_t ReplicaLoop::batches(std::size_t replica) const {
    return (sources_[replica].events + batch_size_ - 1) / batch_size_;
}

ReplicaEpoch ReplicaLoop::epoch_plan(std::size_t epoch) const {
    ReplicaEpoch plan{.batch_size = batch_size_,
                      .orders = std::vector<std::vector<std::uint32_t>>(sources_.size()),
                      .rate_factors = std::vector<std::vector<double>>(sources_.size())};
    parallel_blocks(sources_.size(), 1, threads_, [&](std::size_t r, std::size_t) {
        std::vector<std::uint32_t>& order = plan.orders[r];
        order.resize(sources_[r].events);
        std::iota(order.begin(), order.end(), 0U);
        RandomStream shuffling = sources_[r].stream.at(epoch);
        shuffling.shuffle(std::span(order));
        const std::size_t steps = epochs_ * batches(r);
        for (std::size_t batch = 0; batch < batches(r); ++batch) {
            plan.rate_factors[r].push_back(
                learning_rate_factor(schedule_, (epoch - 1) * batches(r) + batch, steps));
        }
    });
    return plan;
}

std::vector<double> ReplicaLoop::run(std::size_t epoch) {
    if (epoch != epoch_) {
        epoch_ = epoch;
        done_ = 0;
        loss_sums_.assign(sources_.size(), 0.0);
    }
    added_ = done_;
    interruptibly([&] { plan_ = epoch_plan(epoch); });
    replicas_.begin_epoch(plan_, done_);
    while (done_ < most_batches_) {
        keep_if_due();
        interruptibly([] { check_interrupt(); });
        replicas_.training_step(done_);
        ++done_;
        progress_.update((epoch - 1) * most_batches_ + done_, note_);
    }
    add_losses();
    std::vector<double> means;
    for (std::size_t r = 0; r < sources_.size(); ++r)
        means.push_back(loss_sums_[r] / static_cast<double>(sources_[r].events));
    return means;
}

void ReplicaLoop::interruptibly(const std::function<void()>& work) {
    try {
        work();
    } catch (const Interrupted&) {
        keep_if_due();
        throw;
    }
}

// Of the batches that are done and not yet added.
void ReplicaLoop::add_losses() {
    if (added_ == done_) return;
    const Matrix<double> losses = replicas_.batch_losses();
    for (std::size_t r = 0; r < sources_.size(); ++r) {
        const std::span<const std::uint32_t> order(plan_.orders[r]);
        for (std::size_t batch = added_; batch < std::min(done_, batches(r)); ++batch) {
            const std::size_t begin = batch * batch_size_;
            const auto rows = order.subspan(begin, std::min(batch_size_, order.size() - begin));
            const double loss = losses(batch, r);
            loss_sums_[r] += loss * static_cast<double>(rows.size());
            if (std::isfinite(loss) || !failures_[r].empty()) continue;
            failures_[r] = non_finite_loss(sources_[r].name, loss, epoch_, batch, batches(r), rows);
        }
    }
    added_ = done_;
}

void ReplicaLoop::keep_if_due() {
    if (!keeper_ || !keeper_->is_due()) return;
    const HeldInterrupts held;
    add_losses();
    TrainingState all;
    for (std::size_t r = 0; r < sources_.size(); ++r) {
        TrainingState one =
            state_(r, {.epoch = epoch_, .batches = done_, .loss_sum = loss_sums_[r]});
        one.numbers.emplace_back("failure",
                                 std::vector<double>(failures_[r].begin(), failures_[r].end()));
        add_arrays(all, prefix(r), std::move(one.arrays));
        for (auto& [name, values] : one.numbers)
            all.numbers.emplace_back(prefix(r) + name, std::move(values));
    }
    keeper_->keep(all);
}

TrainingState ReplicaLoop::part_of(const TrainingState& state, std::size_t replica) {
    TrainingState part{.arrays = arrays_of(state, prefix(replica)), .numbers = {}};
    for (const auto& [name, values] : state.numbers) {
        if (name.starts_with(prefix(replica)))
            part.numbers.emplace_back(name.substr(prefix(replica).size()), values);
    }
    return part;
}

void ReplicaLoop::go_on_from(std::size_t replica, const TrainingState& part) {
    const EpochPosition position = position_of(part);
    epoch_ = position.epoch;
    done_ = position.batches;
    loss_sums_[replica] = position.loss_sum;
    progress_.go_on_from((epoch_ - 1) * most_batches_ + done_);
    failures_[replica].clear();
    for (const double character : part.numbers_of("failure"))
        failures_[replica] += static_cast<char>(character);
}

void ReplicaLoop::attempt(std::size_t replica, const std::function<void()>& work) {
    if (!failures_[replica].empty()) return;
    try {
        work();
    } catch (const NumericalError& error) {
        failures_[replica] = concat(sources_[replica].name, ": ", error.what());
    }
}

bool ReplicaLoop::all_failed() const {
    return std::ranges::none_of(failures_,
                                [](const std::string& failure) { return failure.empty(); });
}

}  // namespace lacathode::ml::detail
