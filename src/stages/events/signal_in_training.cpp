#include "lacathode/stages/events/signal_in_training.hpp"

#include <algorithm>

namespace lacathode {

std::optional<std::int64_t> signal_in_training_of(const Counts& counts) {
    const auto found = std::ranges::find(counts, signal_in_training, &Counts::value_type::first);
    if (found == counts.end()) return std::nullopt;
    return found->second;
}

std::optional<std::int64_t> larger_of_known(std::optional<std::int64_t> a,
                                            std::optional<std::int64_t> b) {
    if (!a || !b) return std::nullopt;
    return std::max(*a, *b);
}

std::optional<std::int64_t> most_signal_in_training(const std::vector<EventReader>& scores) {
    std::optional<std::int64_t> most = 0;
    for (const EventReader& reader : scores)
        most = larger_of_known(most, signal_in_training_of(reader.header().counts));
    return most;
}

void count_signal_in_training(Counts& counts, std::optional<std::int64_t> signal) {
    if (signal) counts.emplace_back(signal_in_training, *signal);
}

}  // namespace lacathode
