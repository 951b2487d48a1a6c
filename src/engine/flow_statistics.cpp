#include "engine/flow_statistics.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "engine/batch_norm_constants.hpp"
#include "engine/input_panel.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/parallel.hpp"

namespace lacathode::detail {
namespace {

/// Events, mean and sum of squared distances from it, one feature.
struct Moments {
    double count = 0;
    double mean = 0;
    double squares = 0;

    /// Chan, Golub and LeVeque (1983): the moments of two samples together.
    void add(const Moments& other) {
        const double total = count + other.count;
        const double distance = other.mean - mean;
        mean += distance * other.count / total;
        squares += other.squares + distance * distance * count * other.count / total;
        count = total;
    }
};

class PopulationPass {
  public:
    PopulationPass(const MadeLayout& layout, const EngineKernels& kernels, const FlowData& data,
                   int threads)
        : layout_(layout),
          kernels_(kernels),
          events_(data.size()),
          threads_(threads),
          inputs_(panels() * input_stride()),
          chunk_moments_((panels() + chunk_panels() - 1) / chunk_panels() * layout.features()) {
        gather(data);
    }

    /// Runs every event through the MADE of block k; x becomes u.
    std::vector<Moments> made(std::size_t k, const float* block);
    /// u becomes the next block's x.
    void normalise(std::size_t k, const BatchNormConstants& batch_norm);

  private:
    [[nodiscard]] std::size_t panels() const {
        return (events_ + kernels_.panel - 1) / kernels_.panel;
    }
    /// Chunks of 512 events, whatever the panel.
    [[nodiscard]] std::size_t chunk_panels() const { return 512 / kernels_.panel; }
    [[nodiscard]] std::size_t input_stride() const {
        return input_rows(layout_.features()) * kernels_.panel;
    }
    [[nodiscard]] float* panel_inputs(std::size_t p) { return inputs_.data() + p * input_stride(); }
    void gather(const FlowData& data);
    void made_chunk(std::size_t k, const float* block, std::size_t begin, std::size_t end);

    const MadeLayout& layout_;
    const EngineKernels& kernels_;
    std::size_t events_;
    int threads_;
    AlignedBuffer inputs_;                ///< [panels, D + 4, panel]
    std::vector<Moments> chunk_moments_;  ///< [chunks, D]
};

void PopulationPass::gather(const FlowData& data) {
    const std::size_t d = layout_.features();
    const std::size_t panel = kernels_.panel;
    parallel_blocks(panels(), chunk_panels(), threads_, [&](std::size_t begin, std::size_t end) {
        std::array<float, 64> mass{};
        for (std::size_t p = begin; p < end; ++p) {
            float* features = stored_features(panel_inputs(p), panel);
            for (std::size_t e = 0; e < panel; ++e) {
                const std::size_t row = std::min(p * panel + e, events_ - 1);
                mass[e] = data.mass[row];
                for (std::size_t i = 0; i < d; ++i) features[i * panel + e] = data.y(row, i);
            }
            set_condition(panel_inputs(p), d, panel, mass.data());
        }
    });
}

void PopulationPass::made_chunk(std::size_t k, const float* block, std::size_t begin,
                                std::size_t end) {
    const std::size_t d = layout_.features();
    const std::size_t panel = kernels_.panel;
    const auto step = static_cast<std::ptrdiff_t>(panel);
    AlignedBuffer hidden1((1 + layout_.hidden()) * panel);
    AlignedBuffer hidden2((1 + layout_.hidden()) * panel);
    std::fill_n(hidden1.data(), panel, 1.0F);
    std::fill_n(hidden2.data(), panel, 1.0F);
    AlignedBuffer u((end - begin) * d * panel);
    AlignedBuffer scale(d * panel);
    AlignedBuffer log_det(panel);
    for (std::size_t p = begin; p < end; ++p) {
        const MadePanel made{.inputs = logical_inputs(panel_inputs(p), d, panel, k),
                             .hidden1 = hidden1.data(),
                             .hidden2 = hidden2.data(),
                             .u = u.data() + (p - begin) * d * panel,
                             .scale = scale.data(),
                             .log_det = log_det.data()};
        kernels_.made_forward(layout_.shape(), matrices_of(layout_, block), made);
        const Rows<float> x = made.inputs.from(2);
        for (std::size_t i = 0; i < d; ++i) {
            std::copy_n(made.u + i * panel, panel, x.row(i));
        }
    }
    const std::size_t events = std::min(end * panel, events_) - begin * panel;
    std::array<double, max_features> mean;
    std::array<double, max_features> variance;
    kernels_.moments(d, events, {{u.data(), step}, d * panel, end - begin}, mean.data(),
                     variance.data());
    for (std::size_t i = 0; i < d; ++i) {
        const auto count = static_cast<double>(events);
        chunk_moments_[begin / chunk_panels() * d + i] = {count, mean[i], variance[i] * count};
    }
}

std::vector<Moments> PopulationPass::made(std::size_t k, const float* block) {
    const std::size_t d = layout_.features();
    parallel_blocks(panels(), chunk_panels(), threads_,
                    [&](std::size_t begin, std::size_t end) { made_chunk(k, block, begin, end); });
    std::vector<Moments> total(d);
    for (std::size_t j = 0; j < chunk_moments_.size(); ++j) total[j % d].add(chunk_moments_[j]);
    return total;
}

void PopulationPass::normalise(std::size_t k, const BatchNormConstants& batch_norm) {
    const std::size_t d = layout_.features();
    parallel_blocks(panels(), chunk_panels(), threads_, [&](std::size_t begin, std::size_t end) {
        for (std::size_t p = begin; p < end; ++p) {
            const Rows<float> x = logical_inputs(panel_inputs(p), d, kernels_.panel, k).from(2);
            kernels_.affine(d, batch_norm.forward(), {x.first, x.step}, x);
        }
    });
}

}  // namespace

void set_population_statistics(FlowParameters& parameters, const EngineKernels& kernels,
                               const FlowData& data, int threads) {
    expects(data.size() > 0, "statistics of at least one event");
    const MadeLayout& layout = parameters.layout();
    PopulationPass pass(layout, kernels, data, threads);
    for (std::size_t k = 0; k < parameters.blocks(); ++k) {
        const float* block = parameters.block(k);
        const std::vector<Moments> moments = pass.made(k, block);
        for (std::size_t i = 0; i < layout.features(); ++i) {
            parameters.running_mean(k)[i] = static_cast<float>(moments[i].mean);
            parameters.running_var(k)[i] =
                static_cast<float>(moments[i].squares / moments[i].count + batch_norm_epsilon);
        }
        BatchNormConstants batch_norm;
        batch_norm.set(layout.features(), parameters.running_mean(k), parameters.running_var(k),
                       block + layout.log_gamma(), block + layout.beta());
        pass.normalise(k, batch_norm);
    }
}

}  // namespace lacathode::detail
