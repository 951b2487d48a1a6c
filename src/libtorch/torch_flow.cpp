#include "lacathode/core/errors.hpp"
#include "libtorch/backend.hpp"
#include "libtorch/block_pipeline.hpp"
#include "libtorch/device.hpp"
#include "libtorch/edge.hpp"
#include "libtorch/flow_network.hpp"
#include "libtorch/population_statistics.hpp"
#include "libtorch/tensors.hpp"

namespace lacathode::torch_backend {
namespace {

class TorchFlow final : public MafNetwork {
  public:
    TorchFlow(const MafArchitecture& architecture, const AdamOptions& adam, torch::Device device,
              int threads)
        : device_(device),
          threads_(device.is_cuda() ? 1 : threads),
          network_(architecture, adam, 1, device),
          source_(device) {}

    const MafArchitecture& architecture() const override { return network_.architecture(); }

    NamedArrays state() const override {
        return at_edge("reading the weights of the flow", [&] { return network_.state(0); });
    }
    void load(const NamedArrays& state) override {
        at_edge("loading the flow", [&] { network_.load(0, state); });
    }

    double training_step(const FlowData& data, std::span<const std::uint32_t> rows) override {
        return at_edge("training the flow", [&] {
            const torch::Tensor loss = weighted_loss(batch_log_prob(data, rows), data, rows);
            network_.parameters().step(network_.parameters().gradient(loss));
            return loss.item<double>();
        });
    }

    Gradient training_gradient(const FlowData& data, std::span<const std::uint32_t> rows) override {
        return at_edge("differentiating the flow", [&] {
            const torch::Tensor log_p = batch_log_prob(data, rows);
            Gradient result;
            result.log_prob.resize(rows.size());
            copy_to(log_p, result.log_prob);
            const Parameters& parameters = network_.parameters();
            result.gradient =
                parameters.split(parameters.gradient(weighted_loss(log_p, data, rows)), 0);
            return result;
        });
    }

    AdamMoments adam_moments() const override {
        return at_edge("reading Adam's moments of the flow",
                       [&] { return network_.parameters().moments(0); });
    }
    void load_adam_moments(const AdamMoments& moments) override {
        at_edge("loading Adam's moments of the flow",
                [&] { network_.parameters().load_moments(0, moments); });
    }

    void scale_learning_rate(double factor) override {
        network_.parameters().scale_learning_rate(factor);
    }

    std::size_t set_population_statistics(const FlowData& data) override {
        expects(data.size() > 0 && data.y.rows() == data.size(), "events with features and mass");
        std::size_t left_out = 0;
        at_edge("computing the batch norms' statistics", [&] {
            const torch::Tensor x = view(data.y).unsqueeze(0).to(device_);
            const FlowEvents events{
                .x = x,
                .mass = view(data.mass, 1).unsqueeze(0).to(device_),
                .valid = torch::ones({1, x.size(1), 1}, x.options().dtype(torch::kBool)),
                .weight = {}};
            left_out = static_cast<std::size_t>(
                torch_backend::set_population_statistics(network_, events, threads_).front());
        });
        return left_out;
    }

    FlowForward forward(const Matrix<float>& y, std::span<const float> mass) const override {
        FlowForward result{Matrix<float>(y.rows(), y.cols()), std::vector<float>(y.rows())};
        transform(&FlowNetwork::forward, y, mass, result.z, result.log_det);
        return result;
    }

    FlowInverse inverse(const Matrix<float>& z, std::span<const float> mass) const override {
        FlowInverse result{Matrix<float>(z.rows(), z.cols()), std::vector<float>(z.rows())};
        transform(&FlowNetwork::inverse, z, mass, result.y, result.log_det);
        return result;
    }

  private:
    torch::Tensor batch_log_prob(const FlowData& data, std::span<const std::uint32_t> rows) {
        expects(!rows.empty(), "a batch has events");
        const auto cols = static_cast<std::int64_t>(data.y.cols());
        const auto batch = source_.batch({{data.y.values(), cols}, {data.mass, 1}}, rows);
        const torch::Tensor valid = torch::ones({1, batch[0].size(0), 1}, batch[0].options());
        return event_log_prob(network_.training_forward({.x = batch[0].unsqueeze(0),
                                                         .mass = batch[1].unsqueeze(0),
                                                         .valid = valid,
                                                         .count = valid.sum(1, /*keepdim=*/true)}));
    }

    // docs/method.md (3.10) of log_p [1, B].
    torch::Tensor weighted_loss(const torch::Tensor& log_p, const FlowData& data,
                                std::span<const std::uint32_t> rows) const {
        if (data.weight.empty()) return -log_p.to(torch::kFloat64).mean();
        expects(data.weight.size() == data.size(), "a weight an event, or none");
        const torch::Tensor weight = torch::empty({1, log_p.size(1)});
        for (std::size_t i = 0; i < rows.size(); ++i)
            weight.data_ptr<float>()[i] = data.weight[rows[i]];
        return -(log_p.to(torch::kFloat64) * weight.to(device_)).mean();
    }

    using Direction = Transformed (FlowNetwork::*)(torch::Tensor, const torch::Tensor&) const;
    void transform(Direction direction, const Matrix<float>& in, std::span<const float> mass,
                   Matrix<float>& out, std::vector<float>& log_det) const;

    torch::Device device_;
    int threads_;
    FlowNetwork network_;
    BatchSource source_;
};

void TorchFlow::transform(Direction direction, const Matrix<float>& in, std::span<const float> mass,
                          Matrix<float>& out, std::vector<float>& log_det) const {
    expects(in.rows() == mass.size() && in.cols() == architecture().features,
            "one mass a row and as many columns as the flow has features");
    const auto cols = static_cast<std::int64_t>(in.cols());
    at_edge("evaluating the flow", [&] {
        in_blocks(device_, threads_, {{in.values(), cols}, {mass, 1}},
                  {{out.values(), cols}, {log_det, 1}}, [&](const auto& columns) {
                      Transformed result = (network_.*direction)(columns[0], columns[1]);
                      return std::vector{result.values, result.log_det};
                  });
    });
}

}  // namespace

std::unique_ptr<MafNetwork> make_maf(const MafArchitecture& architecture, const AdamOptions& adam,
                                     TorchDevice device, int threads) {
    expects(problems(architecture).empty() && problems(adam).empty() && threads >= 1,
            "a possible flow");
    return at_edge("making the flow", [&]() -> std::unique_ptr<MafNetwork> {
        const torch::Device usable = usable_device(device);
        use_one_thread_per_operation();
        auto flow = std::make_unique<TorchFlow>(architecture, adam, usable, threads);
        return flow;
    });
}

}  // namespace lacathode::torch_backend
