// All events of a sample on their way through the MAF, and the moments behind each MADE.
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
#include "lacathode/ml/maf.hpp"

namespace lacathode::engine {

/// Events, mean and sum of squared distances from it, one feature.
struct Moments {
    double count = 0;
    double mean = 0;
    double squares = 0;

    [[nodiscard]] double variance() const { return squares / count; }
    /// Chan, Golub and LeVeque (1983): the moments of two samples together, (25).
    void add(const Moments& other) {
        if (other.count == 0) return;
        const double total = count + other.count;
        const double distance = other.mean - mean;
        mean += distance * other.count / total;
        squares += other.squares + distance * distance * count * other.count / total;
        count = total;
    }
};

/// Events are worked on, and their moments kept, by chunks of `chunk_events`, whatever the panel.
class PopulationSample {
  public:
    PopulationSample(const MadeLayout& layout, const EngineKernels& kernels, const FlowData& data,
                     int threads);

    /// Runs every event through the MADE of block k; x becomes u. The moments of u.
    std::vector<Moments> made(std::size_t k, const MadeMatrices& weights);
    /// Leaves out the events of block k beyond far_outlier of `moments`, [D]: (26). True if there
    /// were any: then `moments` are those of the events that are left.
    bool leave_out_far(std::size_t k, std::vector<Moments>& moments);
    [[nodiscard]] std::size_t count_left_out() const {
        return static_cast<std::size_t>(std::ranges::count(left_out_, 1));
    }
    /// u becomes the next block's x.
    void normalise(std::size_t k, const BatchNormConstants& batch_norm);

  private:
    struct Limits;

    [[nodiscard]] std::size_t panels() const {
        return (events_ + kernels_.panel - 1) / kernels_.panel;
    }
    [[nodiscard]] std::size_t chunks() const { return (events_ + chunk_events - 1) / chunk_events; }
    [[nodiscard]] std::size_t input_stride() const {
        return InputPanel::rows(layout_.features()) * kernels_.panel;
    }
    [[nodiscard]] InputPanel inputs(std::size_t p) {
        return {inputs_.data() + p * input_stride(), layout_.features(), kernels_.panel};
    }
    /// Feature i of an event in the order of block k: u behind the MADE.
    [[nodiscard]] double feature(std::size_t k, std::size_t event, std::size_t i) {
        const Rows<float> panel = inputs(event / kernels_.panel).features(k);
        return static_cast<double>(panel.row(i)[event % kernels_.panel]);
    }
    [[nodiscard]] Moments& chunk_moments(std::size_t chunk, std::size_t i) {
        return chunk_moments_[chunk * layout_.features() + i];
    }

    /// Calls work(begin, end) for the panels of each chunk.
    template <class Work>
    void for_panels_of_chunks(const Work& work) const;
    void made_panels(std::size_t k, const MadeMatrices& weights, std::size_t begin,
                     std::size_t end);
    void compute_chunk(std::size_t k, std::size_t chunk);
    void recompute_chunk(std::size_t k, std::size_t chunk);
    [[nodiscard]] bool may_be_far(std::size_t chunk, const Limits& limits);
    /// True if any is left out now.
    bool leave_out_far(std::size_t k, std::size_t begin, std::size_t end, const Limits& limits);
    [[nodiscard]] std::vector<Moments> total_moments() const;

    static constexpr std::size_t chunk_events = 512;

    const MadeLayout& layout_;
    const EngineKernels& kernels_;
    std::size_t events_;
    int threads_;
    AlignedBuffer inputs_;                ///< [panels, D + 4, panel]
    std::vector<Moments> chunk_moments_;  ///< [chunks, D]
    std::vector<std::uint8_t> left_out_;  ///< [N]
};

}  // namespace lacathode::engine
