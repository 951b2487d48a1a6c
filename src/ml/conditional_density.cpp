#include <cmath>
#include <numbers>

#include "lacathode/core/errors.hpp"
#include "lacathode/ml/conditional_density.hpp"

namespace lacathode {

std::vector<double> log_prob(const FlowForward& forward) {
    expects(forward.z.rows() == forward.log_det.size(), "z and log_det have as many rows");
    const double log_normalisation =
        0.5 * std::log(2 * std::numbers::pi) * static_cast<double>(forward.z.cols());
    std::vector<double> result(forward.log_det.size());
    for (std::size_t row = 0; row < result.size(); ++row) {
        double squares = 0;
        for (const double z : forward.z.row(row)) squares += z * z;
        result[row] = double{forward.log_det[row]} - 0.5 * squares - log_normalisation;
    }
    return result;
}

}  // namespace lacathode
