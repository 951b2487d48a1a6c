#include "lacathode/core/errors.hpp"
#include "libtorch/backend.hpp"
#include "libtorch/device.hpp"
#include "libtorch/flow_kernels.hpp"
#include "libtorch/flow_network.hpp"
#include "libtorch/population_statistics.hpp"
#include "libtorch/torch_replicas.hpp"

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

class TorchMafReplicas final : public TorchReplicas<MafReplicas, FlowNetwork, FlowEvents> {
  public:
    TorchMafReplicas(const MafArchitecture& architecture, const AdamOptions& adam,
                     const ReplicaData<FlowData>& data, torch::Device device, int threads)
        : TorchReplicas({.one = "a flow", .all = "the flows"},
                        FlowNetwork(architecture, adam, data.replicas, device),
                        events_on(device, data.training), events_on(device, data.validation),
                        threads) {}

    const MafArchitecture& architecture() const override { return network().architecture(); }
    std::vector<std::uint64_t> set_population_statistics() override {
        return at_edge("computing the batch norms' statistics", [&] {
            const auto left_out = torch_backend::set_population_statistics(
                network(), events(DataPart::training), threads());
            return std::vector<std::uint64_t>(left_out.begin(), left_out.end());
        });
    }
    std::vector<LogProbSum> log_prob_sums(DataPart part) const override {
        return at_edge("evaluating the flows", [&] { return sums_over(events(part)); });
    }

  private:
    [[nodiscard]] torch::Tensor losses(const StepRows& rows) const override;
    void step(ReplicaSteps& steps) override;
    [[nodiscard]] std::vector<LogProbSum> sums_over(const FlowEvents& events) const;

    FlowStepKernel kernel_;
};

void TorchMafReplicas::step(ReplicaSteps& steps) {
    if (!kernel_.serves(network(), steps.batch_size())) return TorchReplicas::step(steps);
    steps.step_with([&](const StepTables& tables) {
        kernel_.run(network(), events(DataPart::training), tables);
    });
}

// docs/method.md (3.10).
torch::Tensor TorchMafReplicas::losses(const StepRows& rows) const {
    const FlowEvents& training = events(DataPart::training);
    const torch::Tensor log_p =
        event_log_prob(network().training_forward({.x = rows_of(training.x, rows),
                                                   .mass = rows_of(training.mass, rows),
                                                   .valid = rows.valid,
                                                   .count = rows.count}));
    const torch::Tensor weight =
        training.weight.defined() ? rows.valid * rows_of(training.weight, rows) : rows.valid;
    return -(log_p * weight.squeeze(2)).to(torch::kFloat64).sum(1) / rows.count.flatten();
}

// The sum, the weights in it and the events left out, a column each.
torch::Tensor sums_of(const torch::Tensor& log_p, const torch::Tensor& valid,
                      const torch::Tensor& weight) {
    const torch::Tensor good =
        valid.logical_and(torch::isfinite(log_p)).logical_and(log_p.abs() < largest_log_prob);
    const torch::Tensor counted =
        weight.defined() ? good * weight.to(torch::kFloat64) : good.to(torch::kFloat64);
    const torch::Tensor left_out = valid.logical_and(good.logical_not());
    return torch::stack({(counted * torch::where(good, log_p, torch::zeros_like(log_p))).sum(1),
                         counted.sum(1), left_out.sum(1).to(torch::kFloat64)},
                        1);
}

std::vector<LogProbSum> TorchMafReplicas::sums_over(const FlowEvents& events) const {
    const torch::Tensor sums = chunks(events).sum([&](const RowChunk& chunk) {
        const Transformed z = network().forward(chunk.of(events.x), chunk.of(events.mass));
        return sums_of(
            event_log_prob({z.values.to(torch::kFloat64), z.log_det.to(torch::kFloat64)}),
            chunk.of(events.valid).squeeze(2),
            events.weight.defined() ? chunk.of(events.weight).squeeze(2) : torch::Tensor());
    });
    const torch::Tensor host = sums.to(torch::kCPU).contiguous();
    std::vector<LogProbSum> result;
    for (std::size_t r = 0; r < count(); ++r) {
        const double* of_replica = host.data_ptr<double>() + 3 * r;
        result.push_back({.sum = of_replica[0],
                          .weight = of_replica[1],
                          .left_out = static_cast<std::uint64_t>(of_replica[2])});
    }
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
