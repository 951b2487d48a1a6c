#include <cmath>
#include <numbers>

#include "lacathode/core/parallel.hpp"
#include "libtorch/backend.hpp"
#include "libtorch/device.hpp"
#include "libtorch/edge.hpp"
#include "libtorch/flow_network.hpp"
#include "libtorch/population_statistics.hpp"
#include "libtorch/tensors.hpp"

namespace lacathode::torch_backend {
namespace {

// log N(z; 0, 1) + log_det of each event. [B]
torch::Tensor event_log_prob(const Transformed& forward) {
    const double half_log_two_pi = 0.5 * std::log(2 * std::numbers::pi);
    return (-0.5 * forward.values.square() - half_log_two_pi).sum(1) + forward.log_det;
}

class TorchFlow final : public MafNetwork {
  public:
    TorchFlow(const MafArchitecture& architecture, const AdamOptions& adam, torch::Device device,
              int threads)
        : device_(device),
          threads_(device.is_cuda() ? 1 : threads),
          network_(architecture, adam, device),
          source_(device) {}

    const MafArchitecture& architecture() const override { return network_.architecture(); }

    NamedArrays state() const override;
    void load(const NamedArrays& state) override;

    double training_step(const FlowData& data, std::span<const std::uint32_t> rows) override {
        return at_edge("training the flow", [&] {
            const torch::Tensor loss = -batch_log_prob(data, rows).to(torch::kFloat64).mean();
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
                parameters.split(parameters.gradient(-log_p.to(torch::kFloat64).mean()));
            return result;
        });
    }

    AdamMoments adam_moments() const override { return network_.parameters().moments(); }
    void load_adam_moments(const AdamMoments& moments) override {
        at_edge("loading Adam's moments of the flow",
                [&] { network_.parameters().load_moments(moments); });
    }

    void scale_learning_rate(double factor) override {
        network_.parameters().scale_learning_rate(factor);
    }

    std::size_t set_population_statistics(const FlowData& data) override {
        expects(data.size() > 0 && data.y.rows() == data.size(), "events with features and mass");
        std::size_t left_out = 0;
        at_edge("computing the batch norms' statistics", [&] {
            left_out = torch_backend::set_population_statistics(network_, data, device_, threads_);
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
        return event_log_prob(network_.training_forward(batch[0], batch[1]));
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
    const auto chunk = static_cast<std::size_t>(rows_per_chunk(device_));
    const std::size_t cols = in.cols();
    parallel_blocks(in.rows(), chunk, threads_, [&](std::size_t begin, std::size_t end) {
        at_edge("evaluating the flow", [&] {
            const torch::NoGradGuard no_grad;
            const std::size_t rows = end - begin;
            const Transformed result =
                (network_.*direction)(view(in.values().subspan(begin * cols, rows * cols),
                                           static_cast<std::int64_t>(cols))
                                          .to(device_),
                                      view(mass.subspan(begin, rows), 1).to(device_));
            copy_to(result.values, out.values().subspan(begin * cols, rows * cols));
            copy_to(result.log_det, std::span(log_det).subspan(begin, rows));
        });
    });
}

NamedArrays TorchFlow::state() const {
    const NamedArrays trained = network_.parameters().arrays();
    NamedArrays state;
    std::size_t next = 0;
    std::size_t block = 0;
    for (const ArrayLayout& array : maf_state_layout(architecture())) {
        const bool mean = array.name.ends_with("running_mean");
        if (!mean && !array.name.ends_with("running_var")) {
            state.push_back(trained[next++]);
            continue;
        }
        const BatchNormStatistics& statistics = network_.statistics(block);
        state.push_back({array.name, array.shape, std::vector<float>(array.size())});
        copy_to(mean ? statistics.mean : statistics.variance, state.back().values);
        if (!mean) ++block;
    }
    return state;
}

void TorchFlow::load(const NamedArrays& state) {
    // Both statistics of every block first: a state that does not fit leaves the flow as it was.
    std::vector<torch::Tensor> statistics;
    for (const ArrayLayout& array : maf_state_layout(architecture())) {
        const NamedArray& found = find_array(state, array.name, array.shape);
        if (!array.name.ends_with("running_mean") && !array.name.ends_with("running_var")) continue;
        statistics.push_back(view(found.values, 1).view({-1}).clone().to(device_));
    }
    network_.parameters().load(state);
    for (std::size_t block = 0; block < architecture().blocks; ++block) {
        network_.set_statistics(block, {statistics[2 * block], statistics[2 * block + 1]});
    }
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
