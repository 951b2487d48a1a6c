// All events of a sample on their way through the flow, and the moments behind each MADE.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/aligned_buffer.hpp"
#include "engine/batch_norm_constants.hpp"
#include "engine/input_panel.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/made_layout.hpp"
#include "lacathode/ml/flow.hpp"

namespace lacathode::detail {

/// Events, mean and sum of squared distances from it, one feature.
struct Moments {
    double count = 0;
    double mean = 0;
    double squares = 0;

    /// Chan, Golub and LeVeque (1983): the moments of two samples together.
    void add(const Moments& other) {
        if (other.count == 0) return;
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
          chunk_moments_((panels() + chunk_panels() - 1) / chunk_panels() * layout.features()),
          left_out_(events_, 0) {
        gather(data);
    }

    /// Runs every event through the MADE of block k; x becomes u. The moments of u.
    std::vector<Moments> made(std::size_t k, const float* block);
    /// Leaves out the events of block k beyond far_outlier of `moments`, [D]. True if there were
    /// any: then `moments` are those of the events that are left.
    bool leave_out_far(std::size_t k, std::vector<Moments>& moments);
    [[nodiscard]] std::size_t count_left_out() const {
        return static_cast<std::size_t>(std::ranges::count(left_out_, 1));
    }
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
    [[nodiscard]] std::size_t events_in_chunk(std::size_t chunk) const {
        const std::size_t size = chunk_panels() * kernels_.panel;
        return std::min(size, events_ - chunk * size);
    }
    /// The features of an event in the order of block k: u behind the MADE.
    [[nodiscard]] Rows<float> event(std::size_t k, std::size_t row) {
        const Rows<float> panel = logical_inputs(panel_inputs(row / kernels_.panel),
                                                 layout_.features(), kernels_.panel, k)
                                      .from(2);
        return {panel.first + row % kernels_.panel, panel.step};
    }
    void recompute_chunk(std::size_t k, std::size_t chunk);
    [[nodiscard]] std::vector<Moments> total_moments() const;

    const MadeLayout& layout_;
    const EngineKernels& kernels_;
    std::size_t events_;
    int threads_;
    AlignedBuffer inputs_;                ///< [panels, D + 4, panel]
    std::vector<Moments> chunk_moments_;  ///< [chunks, D]
    std::vector<std::uint8_t> left_out_;  ///< [N]
};

}  // namespace lacathode::detail
