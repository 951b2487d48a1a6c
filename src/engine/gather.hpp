// Between events in rows and panels with an event a lane: the transposition at both ends of a pass.
#pragma once

#include <cstddef>
#include <span>

#include "engine/kernels/rows.hpp"
#include "lacathode/core/matrix.hpp"

namespace lacathode::engine {

/// Event e of the panel becomes row `row_of(e)` of `events` [N, D], feature i in row i of `to`.
template <class RowOf>
void gather(const Matrix<float>& events, std::size_t panel, const RowOf& row_of, Rows<float> to) {
    for (std::size_t e = 0; e < panel; ++e) {
        const std::span<const float> event = events.row(row_of(e));
        for (std::size_t i = 0; i < event.size(); ++i) to.row(i)[e] = event[i];
    }
}

/// The first `count` events of the panel become rows `first` ... of `events` [N, D].
inline void scatter(Rows<const float> from, std::size_t count, std::size_t first,
                    Matrix<float>& events) {
    for (std::size_t e = 0; e < count; ++e) {
        const std::span<float> event = events.row(first + e);
        for (std::size_t i = 0; i < event.size(); ++i) event[i] = from.row(i)[e];
    }
}

}  // namespace lacathode::engine
