#include "engine/population_pass.hpp"

#include <array>
#include <cmath>
#include <span>

#include "lacathode/core/parallel.hpp"

namespace lacathode::detail {

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
    // The kernel's squares can overflow where float64 ones do not.
    const auto is_finite = [](double value) { return std::isfinite(value); };
    const bool overflow = !std::ranges::all_of(std::span(mean).first(d), is_finite) ||
                          !std::ranges::all_of(std::span(variance).first(d), is_finite);
    const auto flags = std::span(left_out_).subspan(begin * panel, events);
    if (overflow || std::ranges::count(flags, 1) > 0) recompute_chunk(k, begin / chunk_panels());
}

std::vector<Moments> PopulationPass::made(std::size_t k, const float* block) {
    parallel_blocks(panels(), chunk_panels(), threads_,
                    [&](std::size_t begin, std::size_t end) { made_chunk(k, block, begin, end); });
    return total_moments();
}

std::vector<Moments> PopulationPass::total_moments() const {
    const std::size_t d = layout_.features();
    std::vector<Moments> total(d);
    for (std::size_t j = 0; j < chunk_moments_.size(); ++j) total[j % d].add(chunk_moments_[j]);
    return total;
}

void PopulationPass::recompute_chunk(std::size_t k, std::size_t chunk) {
    const std::size_t d = layout_.features();
    const std::size_t first = chunk * chunk_panels() * kernels_.panel;
    std::fill_n(chunk_moments_.begin() + static_cast<std::ptrdiff_t>(chunk * d), d, Moments{});
    for (std::size_t row = first; row < first + events_in_chunk(chunk); ++row) {
        if (left_out_[row] != 0) continue;
        for (std::size_t i = 0; i < d; ++i) {
            chunk_moments_[chunk * d + i].add({1, static_cast<double>(*event(k, row).row(i)), 0});
        }
    }
}

bool PopulationPass::leave_out_far(std::size_t k, std::vector<Moments>& moments) {
    const std::size_t d = layout_.features();
    std::vector<double> mean(d);
    std::vector<double> limit(d);
    for (std::size_t i = 0; i < d; ++i) {
        mean[i] = moments[i].mean;
        limit[i] =
            far_outlier * std::sqrt(moments[i].squares / moments[i].count + batch_norm_epsilon);
    }
    const auto is_near = [&](std::size_t row, std::size_t i) {
        const auto u = static_cast<double>(*event(k, row).row(i));
        // Where a value is not finite the moments are not either: then only it is sure to be far.
        if (!std::isfinite(u)) return false;
        return !std::isfinite(limit[i]) || std::abs(u - mean[i]) <= limit[i];
    };
    std::vector<std::uint8_t> changed(chunk_moments_.size() / d, 0);
    const std::size_t chunk_events = chunk_panels() * kernels_.panel;
    // No value of a chunk is further from the chunk's mean than the root of its sum of squares, and
    // that is below the limit unless there is an outlier.
    const auto may_be_far = [&](std::size_t chunk) {
        for (std::size_t i = 0; i < d; ++i) {
            const Moments& own = chunk_moments_[chunk * d + i];
            const double farthest = std::abs(own.mean - mean[i]) + std::sqrt(own.squares);
            const double rounding = 1.001;  // the kernel's squares are float32
            if (!(rounding * farthest <= limit[i])) return true;
        }
        return false;
    };
    parallel_blocks(events_, chunk_events, threads_, [&](std::size_t begin, std::size_t end) {
        if (!may_be_far(begin / chunk_events)) return;
        bool any = false;
        for (std::size_t row = begin; row < end; ++row) {
            if (left_out_[row] != 0) continue;
            for (std::size_t i = 0; i < d; ++i) {
                if (is_near(row, i)) continue;
                left_out_[row] = 1;
                any = true;
                break;
            }
        }
        changed[begin / chunk_events] = any ? 1 : 0;
    });
    if (std::ranges::count(changed, 1) == 0) return false;
    for (std::size_t chunk = 0; chunk < changed.size(); ++chunk) {
        if (changed[chunk] != 0) recompute_chunk(k, chunk);
    }
    moments = total_moments();
    return true;
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

}  // namespace lacathode::detail
