#include "engine/population_sample.hpp"

#include <array>
#include <cmath>
#include <span>

#include "engine/made_activations.hpp"
#include "lacathode/core/errors.hpp"
#include "lacathode/core/parallel.hpp"

namespace lacathode::engine {

/// Where an event is too far to be kept, one mean and distance a feature.
struct PopulationSample::Limits {
    std::vector<double> mean;
    std::vector<double> distance;

    explicit Limits(const std::vector<Moments>& moments) {
        for (const Moments& feature : moments) {
            mean.push_back(feature.mean);
            distance.push_back(far_outlier * std::sqrt(feature.variance() + batch_norm_epsilon));
        }
    }
    [[nodiscard]] bool is_near(double u, std::size_t i) const {
        // Where a value is not finite the moments are not either: then only it is sure to be far.
        if (!std::isfinite(u)) return false;
        return !std::isfinite(distance[i]) || std::abs(u - mean[i]) <= distance[i];
    }
};

PopulationSample::PopulationSample(const MadeLayout& layout, const EngineKernels& kernels,
                                   const FlowData& data, int threads)
    : layout_(layout),
      kernels_(kernels),
      events_(data.size()),
      threads_(threads),
      inputs_(panels() * input_stride()),
      chunk_moments_(chunks() * layout.features()),
      left_out_(events_, 0) {
    expects(chunk_events % kernels.panel == 0, "a chunk of events is whole panels");
    for_panels_of_chunks([&](std::size_t begin, std::size_t end) {
        for (std::size_t p = begin; p < end; ++p) {
            const auto row_of = [&](std::size_t e) {
                return std::min(p * kernels_.panel + e, events_ - 1);
            };
            inputs(p).gather(data.y, data.mass, 0, row_of);
        }
    });
}

template <class Work>
void PopulationSample::for_panels_of_chunks(const Work& work) const {
    parallel_blocks(panels(), chunk_events / kernels_.panel, threads_, work);
}

std::vector<Moments> PopulationSample::made(std::size_t k, const MadeMatrices& weights) {
    for_panels_of_chunks([&](std::size_t begin, std::size_t end) {
        made_panels(k, weights, begin, end);
        compute_chunk(k, begin * kernels_.panel / chunk_events);
    });
    return total_moments();
}

void PopulationSample::made_panels(std::size_t k, const MadeMatrices& weights, std::size_t begin,
                                   std::size_t end) {
    const std::size_t d = layout_.features();
    const std::size_t panel = kernels_.panel;
    MadeActivations activations(d, layout_.hidden(), panel, 1);
    AlignedBuffer log_det(panel);  // not wanted
    for (std::size_t p = begin; p < end; ++p) {
        const MadePanel made = activations.panel(0, inputs(p).inputs(k), log_det.data());
        kernels_.made_forward(layout_.shape(), weights, made);
        for (std::size_t i = 0; i < d; ++i) {
            std::copy_n(rows_of(made.u, panel).row(i), panel, made.features().row(i));
        }
    }
}

void PopulationSample::compute_chunk(std::size_t k, std::size_t chunk) {
    const std::size_t d = layout_.features();
    const std::size_t first = chunk * chunk_events;
    const std::size_t events = std::min(chunk_events, events_ - first);
    const std::size_t first_panel = first / kernels_.panel;
    const Panels u{inputs(first_panel).features(k), input_stride(), panels() - first_panel};
    std::array<double, max_features> mean;
    std::array<double, max_features> variance;
    kernels_.moments(d, events, u, mean.data(), variance.data());
    for (std::size_t i = 0; i < d; ++i) {
        const auto count = static_cast<double>(events);
        chunk_moments(chunk, i) = {count, mean[i], variance[i] * count};
    }
    // The kernel's squares can overflow where float64 ones do not.
    const auto is_finite = [](double value) { return std::isfinite(value); };
    const bool overflow = !std::ranges::all_of(std::span(mean).first(d), is_finite) ||
                          !std::ranges::all_of(std::span(variance).first(d), is_finite);
    const auto flags = std::span(left_out_).subspan(first, events);
    if (overflow || std::ranges::count(flags, 1) > 0) recompute_chunk(k, chunk);
}

void PopulationSample::recompute_chunk(std::size_t k, std::size_t chunk) {
    const std::size_t d = layout_.features();
    const std::size_t first = chunk * chunk_events;
    for (std::size_t i = 0; i < d; ++i) chunk_moments(chunk, i) = {};
    for (std::size_t event = first; event < std::min(first + chunk_events, events_); ++event) {
        if (left_out_[event] != 0) continue;
        for (std::size_t i = 0; i < d; ++i) {
            chunk_moments(chunk, i).add({1, feature(k, event, i), 0});
        }
    }
}

std::vector<Moments> PopulationSample::total_moments() const {
    const std::size_t d = layout_.features();
    std::vector<Moments> total(d);
    for (std::size_t j = 0; j < chunk_moments_.size(); ++j) total[j % d].add(chunk_moments_[j]);
    return total;
}

bool PopulationSample::leave_out_far(std::size_t k, std::vector<Moments>& moments) {
    const Limits limits(moments);
    std::vector<std::uint8_t> changed(chunks(), 0);
    parallel_blocks(events_, chunk_events, threads_, [&](std::size_t begin, std::size_t end) {
        const std::size_t chunk = begin / chunk_events;
        if (!may_be_far(chunk, limits)) return;
        changed[chunk] = leave_out_far(k, begin, end, limits) ? 1 : 0;
    });
    if (std::ranges::count(changed, 1) == 0) return false;
    for (std::size_t chunk = 0; chunk < changed.size(); ++chunk) {
        if (changed[chunk] != 0) recompute_chunk(k, chunk);
    }
    moments = total_moments();
    return true;
}

/// No value of a chunk is further from the chunk's mean than the root of its sum of squares, and
/// that is below the limit unless there is an outlier.
bool PopulationSample::may_be_far(std::size_t chunk, const Limits& limits) {
    for (std::size_t i = 0; i < layout_.features(); ++i) {
        const Moments& own = chunk_moments(chunk, i);
        const double farthest = std::abs(own.mean - limits.mean[i]) + std::sqrt(own.squares);
        const double rounding = 1.001;  // the kernel's squares are float32
        if (!(rounding * farthest <= limits.distance[i])) return true;
    }
    return false;
}

bool PopulationSample::leave_out_far(std::size_t k, std::size_t begin, std::size_t end,
                                     const Limits& limits) {
    bool any = false;
    for (std::size_t event = begin; event < end; ++event) {
        if (left_out_[event] != 0) continue;
        for (std::size_t i = 0; i < layout_.features(); ++i) {
            if (limits.is_near(feature(k, event, i), i)) continue;
            left_out_[event] = 1;
            any = true;
            break;
        }
    }
    return any;
}

void PopulationSample::normalise(std::size_t k, const BatchNormConstants& batch_norm) {
    for_panels_of_chunks([&](std::size_t begin, std::size_t end) {
        for (std::size_t p = begin; p < end; ++p) {
            const Rows<float> x = inputs(p).features(k);
            kernels_.affine(layout_.features(), batch_norm.forward(), x, x);
        }
    });
}

}  // namespace lacathode::engine
