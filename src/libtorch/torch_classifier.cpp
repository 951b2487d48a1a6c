#include "lacathode/core/errors.hpp"
#include "libtorch/backend.hpp"
#include "libtorch/block_pipeline.hpp"
#include "libtorch/device.hpp"
#include "libtorch/edge.hpp"
#include "libtorch/perceptron.hpp"
#include "libtorch/tensors.hpp"

namespace lacathode::torch_backend {
namespace {

class TorchClassifier final : public MlpNetwork {
  public:
    TorchClassifier(const MlpArchitecture& architecture, const AdamOptions& adam,
                    torch::Device device, int threads)
        : device_(device),
          threads_(device.is_cuda() ? 1 : threads),
          network_(architecture, adam, 1, device),
          source_(device) {}

    const MlpArchitecture& architecture() const override { return network_.architecture(); }
    NamedArrays state() const override {
        return at_edge("reading the weights of the classifier", [&] { return network_.state(0); });
    }
    void load(const NamedArrays& state) override {
        at_edge("loading the classifier", [&] { network_.load(0, state); });
    }
    AdamMoments adam_moments() const override {
        return at_edge("reading Adam's moments of the classifier",
                       [&] { return network_.parameters().moments(0); });
    }
    void load_adam_moments(const AdamMoments& moments) override {
        at_edge("loading Adam's moments of the classifier",
                [&] { network_.parameters().load_moments(0, moments); });
    }

    void scale_learning_rate(double factor) override {
        network_.parameters().scale_learning_rate(factor);
    }

    double training_step(const ClassifierData& data, std::span<const std::uint32_t> rows) override {
        return at_edge("training the classifier", [&] {
            const torch::Tensor loss = batch_loss(data, rows);
            network_.parameters().step(network_.parameters().gradient(loss));
            return loss.item<double>();
        });
    }

    NamedArrays training_gradient(const ClassifierData& data,
                                  std::span<const std::uint32_t> rows) override {
        return at_edge("differentiating the classifier", [&] {
            const Parameters& parameters = network_.parameters();
            return parameters.split(parameters.gradient(batch_loss(data, rows)), 0);
        });
    }

    std::vector<float> logits(const Matrix<float>& x) const override;

  private:
    torch::Tensor batch_loss(const ClassifierData& data, std::span<const std::uint32_t> rows) {
        expects(!rows.empty(), "a batch has events");
        const auto cols = static_cast<std::int64_t>(data.x.cols());
        const auto batch =
            source_.batch({{data.x.values(), cols}, {data.target, 1}, {data.weight, 1}}, rows);
        const torch::Tensor entropy =
            cross_entropy(network_.logits(batch[0].unsqueeze(0)), batch[1]);
        return (batch[2] * entropy).to(torch::kFloat64).mean();
    }

    torch::Device device_;
    int threads_;
    Perceptron network_;
    BatchSource source_;
};

std::vector<float> TorchClassifier::logits(const Matrix<float>& x) const {
    expects(x.cols() == architecture().inputs, "as many columns as the classifier has inputs");
    std::vector<float> result(x.rows());
    const auto cols = static_cast<std::int64_t>(x.cols());
    at_edge("evaluating the classifier", [&] {
        in_blocks(device_, threads_, {{x.values(), cols}}, {{result, 1}}, [&](const auto& columns) {
            return std::vector{network_.logits(columns.front())};
        });
    });
    return result;
}

}  // namespace

std::unique_ptr<MlpNetwork> make_mlp(const MlpArchitecture& architecture, const AdamOptions& adam,
                                     TorchDevice device, int threads) {
    expects(problems(architecture).empty() && problems(adam).empty() && threads >= 1,
            "a possible classifier");
    return at_edge("making the classifier", [&]() -> std::unique_ptr<MlpNetwork> {
        const torch::Device usable = usable_device(device);
        use_one_thread_per_operation();
        return std::make_unique<TorchClassifier>(architecture, adam, usable, threads);
    });
}

}  // namespace lacathode::torch_backend
