#include "lacathode/core/parallel.hpp"
#include "libtorch/backend.hpp"
#include "libtorch/device.hpp"
#include "libtorch/edge.hpp"
#include "libtorch/parameters.hpp"
#include "libtorch/tensors.hpp"

namespace lacathode::torch_backend {
namespace {

class TorchClassifier final : public MlpNetwork {
  public:
    TorchClassifier(const MlpArchitecture& architecture, const AdamOptions& adam,
                    torch::Device device, int threads)
        : architecture_(architecture),
          device_(device),
          threads_(device.is_cuda() ? 1 : threads),
          parameters_(mlp_state_layout(architecture), adam, device),
          source_(device) {}

    const MlpArchitecture& architecture() const override { return architecture_; }
    NamedArrays state() const override { return parameters_.arrays(); }
    void load(const NamedArrays& state) override { parameters_.load(state); }
    AdamMoments adam_moments() const override { return parameters_.moments(); }
    void load_adam_moments(const AdamMoments& moments) override {
        at_edge("loading Adam's moments of the classifier",
                [&] { parameters_.load_moments(moments); });
    }

    void scale_learning_rate(double factor) override { parameters_.scale_learning_rate(factor); }

    double training_step(const ClassifierData& data, std::span<const std::uint32_t> rows) override {
        return at_edge("training the classifier", [&] {
            const torch::Tensor loss = batch_loss(data, rows);
            parameters_.step(parameters_.gradient(loss));
            return loss.item<double>();
        });
    }

    NamedArrays training_gradient(const ClassifierData& data,
                                  std::span<const std::uint32_t> rows) override {
        return at_edge("differentiating the classifier", [&] {
            return parameters_.split(parameters_.gradient(batch_loss(data, rows)));
        });
    }

    std::vector<float> logits(const Matrix<float>& x) const override;

  private:
    // The logits [B, 1] of x [B, D].
    [[nodiscard]] torch::Tensor network(torch::Tensor x) const {
        const std::size_t layers = architecture_.hidden.size() + 1;
        for (std::size_t layer = 0; layer < layers; ++layer) {
            x = torch::linear(x, parameters_[2 * layer], parameters_[2 * layer + 1]);
            if (layer + 1 < layers) x = torch::relu(x);
        }
        return x;
    }

    torch::Tensor batch_loss(const ClassifierData& data, std::span<const std::uint32_t> rows) {
        expects(!rows.empty(), "a batch has events");
        const auto cols = static_cast<std::int64_t>(data.x.cols());
        const auto batch =
            source_.batch({{data.x.values(), cols}, {data.target, 1}, {data.weight, 1}}, rows);
        // log(1 + exp(z)) - target z, in the form that overflows for no z.
        const torch::Tensor z = network(batch[0]);
        const torch::Tensor entropy =
            torch::relu(z) + torch::log1p(torch::exp(-torch::abs(z))) - batch[1] * z;
        return (batch[2] * entropy).to(torch::kFloat64).mean();
    }

    MlpArchitecture architecture_;
    torch::Device device_;
    int threads_;
    Parameters parameters_;
    BatchSource source_;
};

std::vector<float> TorchClassifier::logits(const Matrix<float>& x) const {
    expects(x.cols() == architecture_.inputs, "as many columns as the classifier has inputs");
    std::vector<float> result(x.rows());
    const auto chunk = static_cast<std::size_t>(rows_per_chunk(device_));
    parallel_blocks(x.rows(), chunk, threads_, [&](std::size_t begin, std::size_t end) {
        at_edge("evaluating the classifier", [&] {
            const torch::NoGradGuard no_grad;
            const auto values = x.values().subspan(begin * x.cols(), (end - begin) * x.cols());
            const torch::Tensor input =
                view(values, static_cast<std::int64_t>(x.cols())).to(device_);
            copy_to(network(input), std::span(result).subspan(begin, end - begin));
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
