#include "engine/population_statistics.hpp"

#include <vector>

#include "engine/population_sample.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::engine {

std::size_t set_population_statistics(MafParameters& parameters, const EngineKernels& kernels,
                                      const FlowData& data, int threads) {
    expects(data.size() > 0, "statistics of at least one event");
    const std::size_t d = parameters.layout().features();
    PopulationSample sample(parameters.layout(), kernels, data, threads);
    for (std::size_t k = 0; k < parameters.blocks(); ++k) {
        std::vector<Moments> moments = sample.made(k, parameters.matrices(k));
        // The farthest first: each one found narrows the variance for the next.
        while (sample.leave_out_far(k, moments)) continue;
        for (std::size_t i = 0; i < d; ++i) {
            parameters.running_mean(k)[i] = static_cast<float>(moments[i].mean);
            parameters.running_var(k)[i] =
                static_cast<float>(moments[i].variance() + batch_norm_epsilon);
        }
        BatchNormConstants batch_norm;
        batch_norm.set(d, parameters.running_mean(k), parameters.running_var(k),
                       parameters.log_gamma(k), parameters.beta(k));
        sample.normalise(k, batch_norm);
    }
    return sample.count_left_out();
}

}  // namespace lacathode::engine
