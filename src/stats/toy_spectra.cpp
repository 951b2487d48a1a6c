#include "lacathode/stats/toy_spectra.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/stats/poisson_distribution.hpp"

namespace lacathode {

std::vector<double> drawn_spectrum(std::span<const double> expected, RandomStream& stream) {
    std::vector<double> counts(expected.size());
    std::ranges::transform(expected, counts.begin(), [&stream](double mean) {
        return static_cast<double>(poisson(mean, stream));
    });
    return counts;
}

ToyProbability toy_probability(std::span<const double> expected, std::int64_t toys,
                               const RandomStream& stream, int threads,
                               const std::function<bool(const std::vector<double>&)>& is_above) {
    return toy_probability([expected](RandomStream& own) { return drawn_spectrum(expected, own); },
                           toys, stream, threads, is_above);
}

ToyProbability toy_probability(const std::function<std::vector<double>(RandomStream&)>& draw,
                               std::int64_t toys, const RandomStream& stream, int threads,
                               const std::function<bool(const std::vector<double>&)>& is_above) {
    constexpr std::size_t at_once = 16;
    std::vector<std::uint8_t> above(static_cast<std::size_t>(toys));
    std::vector<std::uint8_t> failed(above.size());
    parallel_blocks(above.size(), at_once, threads, [&](std::size_t begin, std::size_t end) {
        check_interrupt();
        for (std::size_t toy = begin; toy < end; ++toy) {
            RandomStream own = stream.at(toy);
            try {
                above[toy] = is_above(draw(own)) ? 1 : 0;
            } catch (const NumericalError&) {
                above[toy] = failed[toy] = 1;
            }
        }
    });
    const auto sum = [](const std::vector<std::uint8_t>& of) {
        return std::accumulate(of.begin(), of.end(), std::int64_t{0});
    };
    ToyProbability result;
    result.toys = toys;
    result.above = sum(above);
    result.failed = sum(failed);
    result.p_value = static_cast<double>(result.above + 1) / static_cast<double>(toys + 1);
    result.error = std::sqrt(result.p_value * (1 - result.p_value) / static_cast<double>(toys + 1));
    return result;
}

}  // namespace lacathode
