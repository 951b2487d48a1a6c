#include "lacathode/core/errors.hpp"
#include "libtorch/backend.hpp"
#include "libtorch/device.hpp"
#include "libtorch/perceptron.hpp"
#include "libtorch/torch_replicas.hpp"

namespace lacathode::torch_backend {
namespace {

// S sets of events on the device. Filling has weight 0, by which it falls out of all sums.
struct ClassifierEvents {
    torch::Tensor x;                 // [S, N, D]
    torch::Tensor target;            // [S, N, 1]
    torch::Tensor weight;            // [S, N, 1]
    std::vector<std::size_t> sizes;  // [S] events that are none of the filling
};

ClassifierEvents events_on(torch::Device device, const std::vector<const ClassifierData*>& sets) {
    std::vector<std::span<const float>> x;
    std::vector<std::span<const float>> target;
    std::vector<std::span<const float>> weight;
    std::vector<std::size_t> sizes;
    for (const ClassifierData* set : sets) {
        x.push_back(set->x.values());
        target.emplace_back(set->target);
        weight.emplace_back(set->weight);
        sizes.push_back(set->size());
    }
    return {.x = stacked(x, static_cast<std::int64_t>(sets.front()->x.cols()), device),
            .target = stacked(target, 1, device),
            .weight = stacked(weight, 1, device) * valid_events(sizes, device),
            .sizes = sizes};
}

class TorchMlpReplicas final : public TorchReplicas<MlpReplicas, Perceptron, ClassifierEvents> {
  public:
    TorchMlpReplicas(const MlpArchitecture& architecture, const AdamOptions& adam,
                     const ReplicaData<ClassifierData>& data, torch::Device device, int threads)
        : TorchReplicas({.one = "a classifier", .all = "the classifiers"},
                        Perceptron(architecture, adam, data.replicas, device),
                        events_on(device, data.training), events_on(device, data.validation),
                        threads) {}

    const MlpArchitecture& architecture() const override { return network().architecture(); }
    std::vector<ClassifierQuality> quality(DataPart part) const override {
        return at_edge("evaluating the classifiers", [&] { return quality_on(events(part)); });
    }

  private:
    [[nodiscard]] torch::Tensor losses(const StepRows& rows) const override;
    [[nodiscard]] std::vector<ClassifierQuality> quality_on(const ClassifierEvents& events) const;
};

// Weighted cross entropy.
torch::Tensor TorchMlpReplicas::losses(const StepRows& rows) const {
    const ClassifierEvents& training = events(DataPart::training);
    const torch::Tensor entropy =
        cross_entropy(network().logits(rows_of(training.x, rows)), rows_of(training.target, rows));
    const torch::Tensor weighted = rows_of(training.weight, rows) * rows.valid * entropy;
    return weighted.to(torch::kFloat64).sum({1, 2}) / rows.count.flatten();
}

std::vector<ClassifierQuality> TorchMlpReplicas::quality_on(const ClassifierEvents& events) const {
    const torch::Tensor sums = chunks(events).sum([&](const RowChunk& chunk) {
        const torch::Tensor logit = network().logits(chunk.of(events.x)).to(torch::kFloat64);
        const torch::Tensor target = chunk.of(events.target).to(torch::kFloat64);
        const torch::Tensor weight = chunk.of(events.weight).to(torch::kFloat64);
        const torch::Tensor right = (logit > 0) == (target == 1);
        return torch::cat({(weight * cross_entropy(logit, target)).sum(1), (weight * right).sum(1),
                           weight.expand_as(logit).sum(1)},
                          1);
    });
    const torch::Tensor host = sums.to(torch::kCPU).contiguous();
    std::vector<ClassifierQuality> result;
    for (std::size_t r = 0; r < count(); ++r) {
        const double* of_replica = host.data_ptr<double>() + 3 * r;
        const std::size_t size = events.sizes[events.sizes.size() == 1 ? 0 : r];
        result.push_back({.loss = of_replica[0] / static_cast<double>(size),
                          .accuracy = of_replica[1] / of_replica[2]});
    }
    return result;
}

}  // namespace

std::unique_ptr<MlpReplicas> make_mlp_replicas(const MlpArchitecture& architecture,
                                               const AdamOptions& adam,
                                               const ReplicaData<ClassifierData>& data,
                                               TorchDevice device, int threads) {
    expects(problems(architecture).empty() && problems(adam).empty() && threads >= 1 &&
                data.replicas >= 1,
            "possible classifiers");
    return at_edge("making the classifiers", [&]() -> std::unique_ptr<MlpReplicas> {
        const torch::Device usable = usable_device(device);
        use_one_thread_per_operation();
        return std::make_unique<TorchMlpReplicas>(architecture, adam, data, usable, threads);
    });
}

}  // namespace lacathode::torch_backend
