// What a stage knows of a classifier: a score an event.
#pragma once

#include <cstddef>
#include <vector>

#include "lacathode/core/matrix.hpp"

namespace lacathode {

/// Estimates the probability that an event is data and not background, between 0 and 1. One object
/// is used by one thread at a time.
class Scorer {
  public:
    virtual ~Scorer() = default;

    /// D
    [[nodiscard]] virtual std::size_t inputs() const = 0;
    /// The score of each row of standardised inputs x [N, D]. [N]
    [[nodiscard]] virtual std::vector<float> score(const Matrix<float>& x) const = 0;
};

}  // namespace lacathode
