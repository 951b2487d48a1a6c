// Batch norm: affine map, moments over events, backward pass. Numbers in parentheses are equations
// of docs/engine.md.
#if defined(LACATHODE_ENGINE_BATCH_NORM_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef LACATHODE_ENGINE_BATCH_NORM_INL
#undef LACATHODE_ENGINE_BATCH_NORM_INL
#else
#define LACATHODE_ENGINE_BATCH_NORM_INL
#endif

#include "engine/kernels/kernels.hpp"
#include "engine/kernels/vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lacathode::engine::HWY_NAMESPACE {

void affine(std::size_t features, const Affine& map, Rows<const float> in, Rows<float> out) {
    for (std::size_t i = 0; i < features; ++i) {
        const Vector center = broadcast(map.center[i]);
        const Vector scale = broadcast(map.scale[i]);
        const Vector shift = broadcast(map.shift[i]);
        const PanelRow x = load_row(in.row(i));
        store_row({hn::MulAdd(hn::Sub(x.low, center), scale, shift),
                   hn::MulAdd(hn::Sub(x.high, center), scale, shift)},
                  out.row(i));
    }
}

/// Sum over the first `events` events of value(row), each panel's sum in float32, their sum in
/// float64.
template <class Value>
HWY_INLINE double sum_over_events(const float* row, std::size_t panel_stride, std::size_t events,
                                  const Value& value) {
    double sum = 0;
    std::size_t begin = 0;
    for (; begin + panel <= events; begin += panel, row += panel_stride) {
        sum += static_cast<double>(sum_of(value(load_row(row))));
    }
    if (begin < events) {
        sum += static_cast<double>(sum_of(first_events(value(load_row(row)), events - begin)));
    }
    return sum;
}

struct Identity {
    HWY_INLINE PanelRow operator()(const PanelRow& x) const { return x; }
};
struct SquaredDistance {
    Vector center;
    HWY_INLINE PanelRow operator()(const PanelRow& x) const {
        const Vector low = hn::Sub(x.low, center);
        const Vector high = hn::Sub(x.high, center);
        return {hn::Mul(low, low), hn::Mul(high, high)};
    }
};

/// (6), in two passes.
void moments(std::size_t features, std::size_t events, const Panels& u, double* mean,
             double* variance) {
    const auto count = static_cast<double>(events);
    for (std::size_t i = 0; i < features; ++i) {
        const float* row = u.rows.row(i);
        mean[i] = sum_over_events(row, u.panel_stride, events, Identity{}) / count;
        // The distances are from the mean rounded to float32: correct for what that leaves out.
        const auto center = static_cast<float>(mean[i]);
        const double rounding = mean[i] - static_cast<double>(center);
        const SquaredDistance distance{broadcast(center)};
        variance[i] =
            sum_over_events(row, u.panel_stride, events, distance) / count - rounding * rounding;
        if (variance[i] < 0) variance[i] = 0;
    }
}

/// G and P sqrt(V) of (11).
void gradient_sums(std::size_t features, const Panels& dy, const Panels& u, const float* mean,
                   double* sum, double* projected) {
    for (std::size_t i = 0; i < features; ++i) {
        const Vector center = broadcast(mean[i]);
        sum[i] = projected[i] = 0;
        for (std::size_t p = 0; p < dy.count; ++p) {
            const PanelRow g = load_row(dy.rows.row(i) + p * dy.panel_stride);
            const PanelRow x = load_row(u.rows.row(i) + p * u.panel_stride);
            sum[i] += static_cast<double>(sum_of(g));
            projected[i] += static_cast<double>(sum_of({hn::Mul(g.low, hn::Sub(x.low, center)),
                                                        hn::Mul(g.high, hn::Sub(x.high, center))}));
        }
    }
}

/// Broadcast constants of one feature for (12).
struct FeatureGradient {
    Vector mean, inverse_std, scale, mean_gradient, projection;

    FeatureGradient(const BatchNormGradient& g, std::size_t i)
        : mean(broadcast(g.mean[i])),
          inverse_std(broadcast(g.inverse_std[i])),
          scale(broadcast(g.scale[i])),
          mean_gradient(broadcast(g.mean_gradient[i])),
          // The second term is the gradient of the batch norm's own log-det (8).
          projection(
              broadcast(g.scale[i] * g.mean_projected[i] - g.inverse_std[i] * g.mean_share)) {}

    HWY_INLINE Vector du(Vector u, Vector dy) const {
        const Vector normalised = hn::Mul(hn::Sub(u, mean), inverse_std);
        return hn::NegMulAdd(normalised, projection, hn::Mul(scale, hn::Sub(dy, mean_gradient)));
    }
};

void batch_norm_backward(std::size_t features, std::size_t events,
                         const BatchNormGradient& constants, const MadePanel& made,
                         const float* weight, Rows<const float> dy, float* outputs,
                         Rows<float> dx) {
    const Vector inverse_events = broadcast(constants.inverse_events);
    const PanelRow weights = load_row(weight);
    // What each event's log-det (5) adds to the gradient of alpha (13).
    const PanelRow share = {hn::Mul(weights.low, inverse_events),
                            hn::Mul(weights.high, inverse_events)};
    for (std::size_t i = 0; i < features; ++i) {
        const FeatureGradient gradient(constants, i);
        const PanelRow u = load_row(row_at(made.u, i));
        const PanelRow scale = load_row(row_at(made.scale, i));
        const PanelRow g = load_row(dy.row(i));
        const Vector du_low = gradient.du(u.low, g.low);
        const Vector du_high = gradient.du(u.high, g.high);
        // (14), minus which is the gradient of mu (13).
        const PanelRow direct =
            first_events({hn::Mul(du_low, scale.low), hn::Mul(du_high, scale.high)}, events);
        store_row(direct, dx.row(i));
        store_row({hn::Neg(direct.low), hn::Neg(direct.high)}, row_at(outputs, mu_row(i)));
        store_row(first_events({hn::NegMulAdd(du_low, u.low, share.low),
                                hn::NegMulAdd(du_high, u.high, share.high)},
                               events),
                  row_at(outputs, alpha_row(i)));
    }
}

}  // namespace lacathode::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
