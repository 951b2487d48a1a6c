#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/parallel.hpp"
#include "libtorch/backend.hpp"
#include "libtorch/device.hpp"
#include "libtorch/edge.hpp"
#include "libtorch/event_table.hpp"
#include "libtorch/flow_network.hpp"
#include "libtorch/population_statistics.hpp"
#include "libtorch/replica_steps.hpp"
#include "libtorch/tensors.hpp"

namespace lacathode::torch_backend {
namespace {

FlowEvents events_on(torch::Device device, const std::vector<const FlowData*>& sets) {
    std::vector<std::span<const float>> y;
    std::vector<std::span<const float>> mass;
    std::vector<std::span<const float>> weight;
    std::vector<std::size_t> sizes;
    const bool weighted = !sets.front()->weight.empty();
    for (const FlowData* set : sets) {
        expects(set->weight.size() == (weighted ? set->size() : 0),
                "all sets have weights or none");
        y.push_back(set->y.values());
        mass.emplace_back(set->mass);
        weight.emplace_back(set->weight);
        sizes.push_back(set->size());
    }
    return {.x = stacked(y, static_cast<std::int64_t>(sets.front()->y.cols()), device),
            .mass = stacked(mass, 1, device),
            .valid = valid_events(sizes, device),
            .weight = weighted ? stacked(weight, 1, device) : torch::Tensor()};
}

class TorchMafReplicas final : public MafReplicas {
  public:
    TorchMafReplicas(const MafArchitecture& architecture, const AdamOptions& adam,
                     const ReplicaData<FlowData>& data, torch::Device device, int threads)
        : threads_(device.is_cuda() ? 1 : threads),
          network_(architecture, adam, data.replicas, device),
          training_(events_on(device, data.training)),
          validation_(events_on(device, data.validation)),
          steps_(network_.parameters(), first_rows(training_.x, data.replicas), device) {}

    std::size_t count() const override { return network_.parameters().replicas(); }
    const MafArchitecture& architecture() const override { return network_.architecture(); }
    NamedArrays state(std::size_t replica) const override {
        return at_edge("reading the weights of a flow", [&] { return network_.state(replica); });
    }
    void load(std::size_t replica, const NamedArrays& state) override {
        at_edge("loading a flow", [&] { network_.load(replica, state); });
    }
    AdamMoments adam_moments(std::size_t replica) const override {
        return at_edge("reading Adam's moments of a flow",
                       [&] { return network_.parameters().moments(replica); });
    }
    void load_adam_moments(std::size_t replica, const AdamMoments& moments) override {
        at_edge("loading Adam's moments of a flow",
                [&] { network_.parameters().load_moments(replica, moments); });
    }

    void begin_epoch(const ReplicaEpoch& epoch, std::size_t first) override {
        at_edge("preparing an epoch of the flows", [&] { steps_.begin_epoch(epoch, first); });
    }
    void training_step(std::size_t /*batch*/) override {
        at_edge("training the flows",
                [&] { steps_.step([this](const StepRows& rows) { return losses(rows); }); });
    }
    Matrix<double> batch_losses() const override {
        return at_edge("training the flows", [&] { return steps_.losses(); });
    }

    std::vector<std::uint64_t> set_population_statistics() override {
        return at_edge("computing the batch norms' statistics", [&] {
            const auto left_out =
                torch_backend::set_population_statistics(network_, training_, threads_);
            return std::vector<std::uint64_t>(left_out.begin(), left_out.end());
        });
    }
    std::vector<LogProbSum> log_prob_sums(DataPart part) const override {
        return at_edge("evaluating the flows", [&] {
            return sums_over(part == DataPart::training ? training_ : validation_);
        });
    }

  private:
    // The loss (docs/method.md (3.10)) of each replica's valid events. float64 [R]
    [[nodiscard]] torch::Tensor losses(const StepRows& rows) const {
        const auto batch = [&](const torch::Tensor& table) {
            const std::int64_t cols = table.size(2);
            return table.view({-1, cols})
                .index_select(0, rows.rows)
                .view({rows.valid.size(0), rows.valid.size(1), cols});
        };
        const torch::Tensor log_p =
            event_log_prob(network_.training_forward({.x = batch(training_.x),
                                                      .mass = batch(training_.mass),
                                                      .valid = rows.valid,
                                                      .count = rows.count}));
        const torch::Tensor weight =
            training_.weight.defined() ? rows.valid * batch(training_.weight) : rows.valid;
        return -(log_p * weight.squeeze(2)).to(torch::kFloat64).sum(1) / rows.count.flatten();
    }

    [[nodiscard]] std::vector<LogProbSum> sums_over(const FlowEvents& events) const;

    int threads_;
    FlowNetwork network_;
    FlowEvents training_;
    FlowEvents validation_;
    ReplicaSteps steps_;
};

std::vector<LogProbSum> TorchMafReplicas::sums_over(const FlowEvents& events) const {
    const torch::NoGradGuard no_grad;
    const auto rows = static_cast<std::size_t>(events.x.size(1));
    const auto chunk = static_cast<std::size_t>(rows_per_chunk(events.x.device(), count()));
    const std::size_t chunks = (rows + chunk - 1) / chunk;
    std::vector<torch::Tensor> sums(chunks);
    std::vector<torch::Tensor> weights(chunks);
    std::vector<torch::Tensor> left_out(chunks);
    parallel_blocks(rows, chunk, threads_, [&](std::size_t begin, std::size_t end) {
        const torch::NoGradGuard no_grad_here;
        const auto part = [&](const torch::Tensor& table) {
            return table.narrow(1, static_cast<std::int64_t>(begin),
                                static_cast<std::int64_t>(end - begin));
        };
        const Transformed z = network_.forward(part(events.x), part(events.mass));
        const torch::Tensor log_p =
            event_log_prob({z.values.to(torch::kFloat64), z.log_det.to(torch::kFloat64)});
        const torch::Tensor valid = part(events.valid).squeeze(2);
        const torch::Tensor good =
            valid.logical_and(torch::isfinite(log_p)).logical_and(log_p.abs() < largest_log_prob);
        const torch::Tensor weight = events.weight.defined()
                                         ? good * part(events.weight).squeeze(2).to(torch::kFloat64)
                                         : good.to(torch::kFloat64);
        sums[begin / chunk] = (weight * torch::where(good, log_p, torch::zeros_like(log_p))).sum(1);
        weights[begin / chunk] = weight.sum(1);
        left_out[begin / chunk] = valid.logical_and(good.logical_not()).sum(1);
    });
    const torch::Tensor sum = torch::stack(sums).sum(0).to(torch::kCPU).contiguous();
    const torch::Tensor weight = torch::stack(weights).sum(0).to(torch::kCPU).contiguous();
    const std::vector<std::int64_t> out = integers(torch::stack(left_out).sum(0));
    std::vector<LogProbSum> result;
    for (std::size_t r = 0; r < count(); ++r)
        result.push_back({.sum = sum.data_ptr<double>()[r],
                          .weight = weight.data_ptr<double>()[r],
                          .left_out = static_cast<std::uint64_t>(out[r])});
    return result;
}

}  // namespace

std::unique_ptr<MafReplicas> make_maf_replicas(const MafArchitecture& architecture,
                                               const AdamOptions& adam,
                                               const ReplicaData<FlowData>& data,
                                               TorchDevice device, int threads) {
    expects(problems(architecture).empty() && problems(adam).empty() && threads >= 1 &&
                data.replicas >= 1,
            "possible flows");
    return at_edge("making the flows", [&]() -> std::unique_ptr<MafReplicas> {
        const torch::Device usable = usable_device(device);
        use_one_thread_per_operation();
        return std::make_unique<TorchMafReplicas>(architecture, adam, data, usable, threads);
    });
}

}  // namespace lacathode::torch_backend
