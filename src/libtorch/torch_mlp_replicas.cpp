#include <algorithm>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/parallel.hpp"
#include "libtorch/backend.hpp"
#include "libtorch/device.hpp"
#include "libtorch/edge.hpp"
#include "libtorch/event_table.hpp"
#include "libtorch/perceptron.hpp"
#include "libtorch/replica_steps.hpp"

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

class TorchMlpReplicas final : public MlpReplicas {
  public:
    TorchMlpReplicas(const MlpArchitecture& architecture, const AdamOptions& adam,
                     const ReplicaData<ClassifierData>& data, torch::Device device, int threads)
        : threads_(device.is_cuda() ? 1 : threads),
          network_(architecture, adam, data.replicas, device),
          training_(events_on(device, data.training)),
          validation_(events_on(device, data.validation)),
          steps_(network_.parameters(), first_rows(training_.x, data.replicas), device) {}

    std::size_t count() const override { return network_.parameters().replicas(); }
    const MlpArchitecture& architecture() const override { return network_.architecture(); }
    NamedArrays state(std::size_t replica) const override {
        return at_edge("reading the weights of a classifier",
                       [&] { return network_.parameters().arrays(replica); });
    }
    void load(std::size_t replica, const NamedArrays& state) override {
        at_edge("loading a classifier", [&] { network_.parameters().load(replica, state); });
    }
    AdamMoments adam_moments(std::size_t replica) const override {
        return at_edge("reading Adam's moments of a classifier",
                       [&] { return network_.parameters().moments(replica); });
    }
    void load_adam_moments(std::size_t replica, const AdamMoments& moments) override {
        at_edge("loading Adam's moments of a classifier",
                [&] { network_.parameters().load_moments(replica, moments); });
    }

    void begin_epoch(const ReplicaEpoch& epoch, std::size_t first) override {
        at_edge("preparing an epoch of the classifiers", [&] { steps_.begin_epoch(epoch, first); });
    }
    void training_step(std::size_t /*batch*/) override {
        at_edge("training the classifiers",
                [&] { steps_.step([this](const StepRows& rows) { return losses(rows); }); });
    }
    Matrix<double> batch_losses() const override {
        return at_edge("training the classifiers", [&] { return steps_.losses(); });
    }

    std::vector<ClassifierQuality> quality(DataPart part) const override {
        return at_edge("evaluating the classifiers", [&] {
            return quality_on(part == DataPart::training ? training_ : validation_);
        });
    }

  private:
    // Mean weighted cross entropy of each replica's valid events. float64 [R]
    [[nodiscard]] torch::Tensor losses(const StepRows& rows) const {
        const auto batch = [&](const torch::Tensor& table) {
            const std::int64_t cols = table.size(2);
            return table.view({-1, cols})
                .index_select(0, rows.rows)
                .view({rows.valid.size(0), rows.valid.size(1), cols});
        };
        const torch::Tensor entropy =
            cross_entropy(network_.logits(batch(training_.x)), batch(training_.target));
        const torch::Tensor weighted = batch(training_.weight) * rows.valid * entropy;
        return weighted.to(torch::kFloat64).sum({1, 2}) / rows.count.flatten();
    }

    [[nodiscard]] std::vector<ClassifierQuality> quality_on(const ClassifierEvents& events) const;

    int threads_;
    Perceptron network_;
    ClassifierEvents training_;
    ClassifierEvents validation_;
    ReplicaSteps steps_;
};

std::vector<ClassifierQuality> TorchMlpReplicas::quality_on(const ClassifierEvents& events) const {
    const auto rows = static_cast<std::size_t>(events.x.size(1));
    const auto chunk = static_cast<std::size_t>(rows_per_chunk(events.x.device(), count()));
    std::vector<torch::Tensor> sums((rows + chunk - 1) / chunk);
    parallel_blocks(rows, chunk, threads_, [&](std::size_t begin, std::size_t end) {
        const torch::NoGradGuard no_grad;
        const auto part = [&](const torch::Tensor& table) {
            return table.narrow(1, static_cast<std::int64_t>(begin),
                                static_cast<std::int64_t>(end - begin));
        };
        const torch::Tensor logit = network_.logits(part(events.x)).to(torch::kFloat64);
        const torch::Tensor target = part(events.target).to(torch::kFloat64);
        const torch::Tensor weight = part(events.weight).to(torch::kFloat64);
        const torch::Tensor right = (logit > 0) == (target == 1);
        sums[begin / chunk] = torch::cat({(weight * cross_entropy(logit, target)).sum(1),
                                          (weight * right).sum(1), weight.expand_as(logit).sum(1)},
                                         1);
    });
    const torch::Tensor sum = torch::stack(sums).sum(0).to(torch::kCPU).contiguous();
    std::vector<ClassifierQuality> result;
    for (std::size_t r = 0; r < count(); ++r) {
        const double* of_replica = sum.data_ptr<double>() + 3 * r;
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
