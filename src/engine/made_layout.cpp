#include "engine/made_layout.hpp"

#include <algorithm>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/ml/state_layout.hpp"

namespace lacathode::engine {

MadeLayout::MadeLayout(std::size_t features, std::size_t hidden)
    : features_(features),
      hidden_(hidden),
      unit_at_(hidden),
      input_stride_(whole_lines(feature_row(features))),
      hidden_stride_(whole_lines(unit_row(hidden))),
      output_stride_(whole_lines(mu_row(features))) {
    expects(features >= 1 && features <= max_features && hidden >= 1,
            "a MADE has 1 to max_features features and at least one hidden unit");
    const std::vector<int> degrees =
        made_degrees({.features = features, .hidden = hidden, .blocks = 1}).hidden;
    const auto features_seen = [&degrees](std::uint32_t unit) {
        return static_cast<std::uint32_t>(degrees[unit] + 1);
    };
    std::iota(unit_at_.begin(), unit_at_.end(), 0U);
    std::ranges::stable_sort(unit_at_, {}, features_seen);
    for (const std::uint32_t unit : unit_at_) seen_.push_back(features_seen(unit));
    for (std::uint32_t i = 0; i < features; ++i) {
        const auto end = std::ranges::upper_bound(seen_, i);
        reach_.push_back(static_cast<std::uint32_t>(end - seen_.begin()));
    }
    hidden_offset_ = hidden_ * input_stride_;
    output_offset_ = hidden_offset_ + hidden_ * hidden_stride_;
    log_gamma_offset_ = output_offset_ + unit_row(hidden_) * output_stride_;
    beta_offset_ = log_gamma_offset_ + whole_lines(features_);
    size_ = beta_offset_ + whole_lines(features_);
}

MadeShape MadeLayout::shape() const noexcept {
    return {.features = features_,
            .hidden = hidden_,
            .reach = reach_.data(),
            .input_stride = input_stride_,
            .hidden_stride = hidden_stride_,
            .output_stride = output_stride_};
}

}  // namespace lacathode::engine
