// Adam on the values of one block of a flow (docs/engine.md (19), (20)).
#pragma once

#include "libtorch/kernels/made.cuh"

namespace lacathode::kernels {

struct Adam {
    float *value, *first, *second;
    float keep1, add1, keep2, add2, rate, correction, epsilon, decay;

    LACATHODE_DEVICE void change(float& w, float& m, float& v, float gradient) const {
        gradient += decay * w;
        m = m * keep1 + gradient * add1;
        v = v * keep2 + gradient * gradient * add2;
        w += rate * quotient(m, quotient(root(v), correction) + epsilon);
    }
    LACATHODE_DEVICE void step(int i, float gradient) const {
        float w = value[i];
        float m = first[i];
        float v = second[i];
        change(w, m, v, gradient);
        value[i] = w;
        first[i] = m;
        second[i] = v;
    }
};

/// Of the hidden layer's weight. Without a branch and two lines at a time, since the memory is
/// far away; where the mask is zero everything stays as it is.
template <int D, class Block>
LACATHODE_DEVICE void update_hidden(const Adam& adam, const Made<D, Block>& made) {
    constexpr int lines = 2;
    const int begin = made.offsets().hidden_weight;
    const int in = 4 * (made.thread() % 32);
    if (in >= made.hidden()) return;
    for (int first = made.thread() / 32; first < made.hidden(); first += lines * warps) {
        Four w[lines];
        Four m[lines];
        Four v[lines];
        LACATHODE_UNROLL
        for (int line = 0; line < lines; ++line) {
            const int out = first + line * warps;
            const int at = begin + (out < made.hidden() ? out : first) * made.hidden() + in;
            w[line] = four_at(adam.value + at);
            m[line] = four_at(adam.first + at);
            v[line] = four_at(adam.second + at);
        }
        LACATHODE_UNROLL
        for (int line = 0; line < lines; ++line) {
            const int out = first + line * warps;
            if (out >= made.hidden()) continue;
            const int at = begin + out * made.hidden() + in;
            const Four gradient = four_at(made.weight() + out * stride + in);
            LACATHODE_UNROLL
            for (int i = 0; i < 4; ++i) {
                float value = w[line].v[i];
                float mean = m[line].v[i];
                float square = v[line].v[i];
                adam.change(value, mean, square, gradient.v[i]);
                const bool acts = hidden_degree<D>(out) >= hidden_degree<D>(in + i);
                w[line].v[i] = acts ? value : w[line].v[i];
                m[line].v[i] = acts ? mean : m[line].v[i];
                v[line].v[i] = acts ? square : v[line].v[i];
            }
            put_four(adam.value + at, w[line]);
            put_four(adam.first + at, m[line]);
            put_four(adam.second + at, v[line]);
        }
    }
}

}  // namespace lacathode::kernels
