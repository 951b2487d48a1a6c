#include "engine/flow_statistics.hpp"

#include <vector>

#include "engine/population_pass.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode::detail {

std::size_t set_population_statistics(FlowParameters& parameters, const EngineKernels& kernels,
                                      const FlowData& data, int threads) {
    expects(data.size() > 0, "statistics of at least one event");
    const MadeLayout& layout = parameters.layout();
    PopulationPass pass(layout, kernels, data, threads);
    for (std::size_t k = 0; k < parameters.blocks(); ++k) {
        const float* block = parameters.block(k);
        std::vector<Moments> moments = pass.made(k, block);
        // The farthest first: each one found narrows the variance for the next.
        while (pass.leave_out_far(k, moments)) continue;
        for (std::size_t i = 0; i < layout.features(); ++i) {
            parameters.running_mean(k)[i] = static_cast<float>(moments[i].mean);
            parameters.running_var(k)[i] =
                static_cast<float>(moments[i].squares / moments[i].count + batch_norm_epsilon);
        }
        BatchNormConstants batch_norm;
        batch_norm.set(layout.features(), parameters.running_mean(k), parameters.running_var(k),
                       block + layout.log_gamma(), block + layout.beta());
        pass.normalise(k, batch_norm);
    }
    return pass.count_left_out();
}

}  // namespace lacathode::detail
