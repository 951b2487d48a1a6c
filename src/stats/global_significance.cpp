#include "lacathode/stats/global_significance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/stats/binomial_interval.hpp"
#include "lacathode/stats/kolmogorov_smirnov.hpp"
#include "lacathode/stats/normal_distribution.hpp"

namespace lacathode {

NullDistribution null_distribution(const std::vector<double>& z,
                                   const std::vector<double>& p_value) {
    expects(!z.empty() && z.size() == p_value.size(), "z and p of each toy");
    NullDistribution found;
    std::vector<double> p_values;
    double sum = 0;
    for (std::size_t toy = 0; toy < z.size(); ++toy) {
        if (std::isnan(z[toy])) continue;
        p_values.push_back(p_value[toy]);
        sum += z[toy];
    }
    found.toys = p_values.size();
    found.failed = z.size() - found.toys;
    const auto n = static_cast<double>(found.toys);  // of none all that follows is NaN
    found.mean = sum / n;
    double squares = 0;
    for (const double value : z)
        squares += std::isnan(value) ? 0 : (value - found.mean) * (value - found.mean);
    found.width = n > 1 ? std::sqrt(squares / (n - 1)) : std::numeric_limits<double>::quiet_NaN();
    found.mean_error = found.width / std::sqrt(n);
    found.width_error = found.width / std::sqrt(2 * (n - 1));
    found.uniformity = p_values.empty() ? std::numeric_limits<double>::quiet_NaN()
                                        : kolmogorov_smirnov_uniform(p_values).p_value;
    return found;
}

GlobalSignificance global_significance(double z, const Matrix<double>& toys) {
    expects(toys.rows() > 0 && toys.cols() > 0, "toys of at least one region");
    GlobalSignificance found{.toys = toys.rows()};
    double crossings = 0;  // from region to region, from below 0 to above
    for (std::size_t toy = 0; toy < toys.rows(); ++toy) {
        const auto regions = toys.row(toy);
        const auto is_above = [z](double of_region) { return !(of_region < z); };
        found.above += std::ranges::any_of(regions, is_above) ? 1 : 0;
        double before = std::numeric_limits<double>::quiet_NaN();
        for (const double of_region : regions) {
            crossings += before <= 0 && of_region > 0 ? 1 : 0;
            if (!std::isnan(of_region)) before = of_region;
        }
    }
    const auto n = static_cast<double>(found.toys);
    found.p_value = (static_cast<double>(found.above) + 1) / (n + 1);
    const BinomialInterval interval = binomial_interval(found.above, found.toys);
    found.low = interval.low;
    found.high = interval.high;
    if (z > 0) {
        found.by_crossings =
            std::min(1.0, normal_survival(z) + crossings / n * std::exp(-0.5 * z * z));
    }
    return found;
}

}  // namespace lacathode
