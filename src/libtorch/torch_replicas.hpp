// What replicas of flows and of perceptrons do alike: states, moments and the steps of an epoch.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lacathode/ml/replicas.hpp"
#include "libtorch/edge.hpp"
#include "libtorch/event_table.hpp"
#include "libtorch/replica_steps.hpp"
#include "libtorch/row_chunks.hpp"

namespace lacathode::torch_backend {

/// How messages call them: "a flow", "the flows".
struct ReplicaNames {
    std::string one;
    std::string all;
};

/// `Kind`: MafReplicas or MlpReplicas. `Network`: R of them. `Events`: S = 1 or R sets on the
/// device, their inputs x [S, N, D].
template <class Kind, class Network, class Events>
class TorchReplicas : public Kind {
  public:
    std::size_t count() const override { return network_.parameters().replicas(); }
    NamedArrays state(std::size_t replica) const override {
        return at_edge("reading the weights of " + names_.one,
                       [&] { return network_.state(replica); });
    }
    void load(std::size_t replica, const NamedArrays& state) override {
        at_edge("loading " + names_.one, [&] { network_.load(replica, state); });
    }
    AdamMoments adam_moments(std::size_t replica) const override {
        return at_edge("reading Adam's moments of " + names_.one,
                       [&] { return network_.parameters().moments(replica); });
    }
    void load_adam_moments(std::size_t replica, const AdamMoments& moments) override {
        at_edge("loading Adam's moments of " + names_.one,
                [&] { network_.parameters().load_moments(replica, moments); });
    }

    void begin_epoch(const ReplicaEpoch& epoch, std::size_t first) override {
        at_edge("preparing an epoch of " + names_.all, [&] { steps_.begin_epoch(epoch, first); });
    }
    void training_step(std::size_t /*batch*/) override {
        at_edge("training " + names_.all, [&] { step(steps_); });
    }
    Matrix<double> batch_losses() const override {
        return at_edge("training " + names_.all, [&] { return steps_.losses(); });
    }

  protected:
    TorchReplicas(ReplicaNames names, Network network, Events training, Events validation,
                  int threads)
        : names_(std::move(names)),
          threads_(training.x.device().is_cuda() ? 1 : threads),
          network_(std::move(network)),
          training_(std::move(training)),
          validation_(std::move(validation)),
          steps_(network_.parameters(), first_rows(training_.x, network_.parameters().replicas()),
                 training_.x.device()) {}

    /// The mean loss of each replica over its valid events of a step. float64 [R]
    [[nodiscard]] virtual torch::Tensor losses(const StepRows& rows) const = 0;
    virtual void step(ReplicaSteps& steps) {
        steps.step([this](const StepRows& rows) { return losses(rows); });
    }

    [[nodiscard]] const Network& network() const { return network_; }
    [[nodiscard]] Network& network() { return network_; }
    [[nodiscard]] int threads() const { return threads_; }
    [[nodiscard]] const Events& events(DataPart part) const {
        return part == DataPart::training ? training_ : validation_;
    }
    [[nodiscard]] RowChunks chunks(const Events& events) const {
        return {events.x.size(1), count(), events.x.device(), threads_};
    }

  private:
    ReplicaNames names_;
    int threads_;
    Network network_;
    Events training_;
    Events validation_;
    ReplicaSteps steps_;
};

}  // namespace lacathode::torch_backend
