#include "ml/trees/subsample.hpp"

#include <cmath>

namespace lacathode::ml::trees {

// One pass: an event is taken with the probability that the rest of the choice still needs it.
void draw_subsample(std::span<std::uint8_t> drawn, double fraction, RandomStream stream) {
    auto wanted =
        static_cast<std::size_t>(std::llround(fraction * static_cast<double>(drawn.size())));
    for (std::size_t left = drawn.size(); left > 0; --left) {
        const bool take = stream.below(left) < wanted;
        drawn[drawn.size() - left] = take ? 1 : 0;
        wanted -= take ? 1 : 0;
    }
}

}  // namespace lacathode::ml::trees
