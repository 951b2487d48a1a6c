#include "libtorch/replica_steps.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "lacathode/core/errors.hpp"

namespace lacathode::torch_backend {
namespace {

std::int64_t signed_size(std::size_t size) {
    return static_cast<std::int64_t>(size);
}

// The rows of a batch, filled up with its first ones.
void put_rows(std::span<const std::uint32_t> order, std::size_t begin, std::size_t count,
              std::int64_t first_row, std::span<std::int32_t> rows) {
    for (std::size_t i = 0; i < count; ++i)
        rows[i] = static_cast<std::int32_t>(first_row + std::int64_t{order[begin + i]});
    for (std::size_t i = count; i < rows.size(); ++i) rows[i] = rows[i - count];
}

// An epoch's tables on the host, before they are copied.
struct Tables {
    Tables(std::size_t batches, std::size_t replicas, std::size_t batch_size)
        : rows(torch::empty({signed_size(batches), signed_size(replicas), signed_size(batch_size)},
                            torch::kInt32)),
          counts(torch::empty({signed_size(batches), signed_size(replicas)}, torch::kFloat32)),
          coefficients(torch::empty({signed_size(batches), signed_size(replicas),
                                     signed_size(std::tuple_size_v<AdamCoefficients>)},
                                    torch::kFloat32)) {}
    torch::Tensor rows, counts, coefficients;
};

// Keeps the memory where it is once it is there: a graph of the step has its address.
void put(torch::Tensor& target, const torch::Tensor& source, torch::Device device) {
    expects(!target.defined() || target.sizes() == source.sizes(), "all epochs are alike");
    if (target.defined()) {
        target.copy_(source);
    } else {
        target = source.to(device, /*non_blocking=*/false, /*copy=*/true);
    }
}

}  // namespace

torch::Tensor rows_of(const torch::Tensor& table, const StepRows& rows) {
    const std::int64_t cols = table.size(2);
    return table.view({-1, cols})
        .index_select(0, rows.rows)
        .view({rows.valid.size(0), rows.valid.size(1), cols});
}

ReplicaSteps::ReplicaSteps(Parameters& parameters, std::vector<std::int64_t> first_rows,
                           torch::Device device)
    : parameters_(parameters),
      first_rows_(std::move(first_rows)),
      device_(device),
      batches_(first_rows_.size(), 0),
      graph_(device) {}

void ReplicaSteps::begin_epoch(const ReplicaEpoch& epoch, std::size_t first) {
    const torch::NoGradGuard no_grad;
    expects(epoch.orders.size() == first_rows_.size(), "an order a replica");
    fill(epoch, first);
    next_ = first;
}

void ReplicaSteps::fill(const ReplicaEpoch& epoch, std::size_t first) {
    const std::size_t replicas = first_rows_.size();
    for (std::size_t r = 0; r < replicas; ++r)
        batches_[r] = (epoch.orders[r].size() + epoch.batch_size - 1) / epoch.batch_size;
    const std::size_t batches = std::ranges::max(batches_);
    const Tables tables(batches, replicas, epoch.batch_size);
    auto* rows = tables.rows.data_ptr<std::int32_t>();
    auto* counts = tables.counts.data_ptr<float>();
    auto* coefficients = tables.coefficients.data_ptr<float>();
    for (std::size_t batch = 0; batch < batches; ++batch) {
        for (std::size_t r = 0; r < replicas; ++r) {
            const std::vector<std::uint32_t>& order = epoch.orders[r];
            // A replica whose epoch is over looks at its first batch and learns nothing.
            const bool acts = batch < batches_[r];
            const std::size_t begin = acts ? batch * epoch.batch_size : 0;
            const std::size_t count = std::min(epoch.batch_size, order.size() - begin);
            put_rows(order, begin, count, first_rows_[r], {rows, epoch.batch_size});
            rows += epoch.batch_size;
            *counts++ = static_cast<float>(count);
            const double step = parameters_.steps(r) + static_cast<double>(batch - first) + 1;
            const AdamCoefficients row =
                acts && batch >= first
                    ? adam_coefficients(parameters_.adam(), epoch.rate_factors[r][batch], step)
                    : no_step;
            coefficients = std::ranges::copy(row, coefficients).out;
        }
    }
    put(rows_, tables.rows, device_);
    put(counts_, tables.counts, device_);
    put(coefficients_, tables.coefficients, device_);
    put(losses_, torch::zeros({signed_size(batches), signed_size(replicas)}, torch::kFloat64),
        device_);
    put(batch_, torch::full({1}, signed_size(first), torch::kInt64), device_);
    put(places_, torch::arange(signed_size(epoch.batch_size), torch::kFloat32).view({1, -1}),
        device_);
}

void ReplicaSteps::step(const Loss& loss) {
    graph_.run([&] { step_on_device(loss); });
    count_step();
}

void ReplicaSteps::step_with(const std::function<void(const StepTables&)>& kernel) {
    const auto batch = signed_size(next_);
    kernel({.rows = rows_[batch],
            .counts = counts_[batch],
            .coefficients = coefficients_[batch],
            .losses = losses_[batch]});
    count_step();
}

void ReplicaSteps::count_step() {
    for (std::size_t r = 0; r < first_rows_.size(); ++r) {
        if (next_ < batches_[r]) parameters_.set_steps(r, parameters_.steps(r) + 1);
    }
    ++next_;
}

void ReplicaSteps::step_on_device(const Loss& loss) {
    const auto replicas = signed_size(first_rows_.size());
    const torch::Tensor counts = counts_.index_select(0, batch_).view({replicas, 1});
    const torch::Tensor losses = loss({.rows = rows_.index_select(0, batch_).view({-1}),
                                       .valid = (places_ < counts).to(torch::kFloat32).unsqueeze(2),
                                       .count = counts.unsqueeze(2)});
    parameters_.step(parameters_.gradient(losses.sum()),
                     coefficients_.index_select(0, batch_).squeeze(0));
    const torch::NoGradGuard no_grad;
    losses_.index_copy_(0, batch_, losses.detach().unsqueeze(0));
    batch_.add_(1);
}

Matrix<double> ReplicaSteps::losses() const {
    if (!losses_.defined()) return {};
    const torch::Tensor host = losses_.to(torch::kCPU).contiguous();
    const auto* values = host.data_ptr<double>();
    return {static_cast<std::size_t>(host.size(0)), static_cast<std::size_t>(host.size(1)),
            std::vector<double>(values, values + host.numel())};
}

}  // namespace lacathode::torch_backend
