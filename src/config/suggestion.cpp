#include "lacathode/config/suggestion.hpp"

#include <algorithm>
#include <numeric>

#include "lacathode/core/text.hpp"

namespace lacathode {
namespace {

// Number of single-character edits between two keys.
std::size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

}  // namespace

std::string suggestion(const std::string& name, const std::vector<std::string>& known) {
    const auto nearest = std::ranges::min_element(known, {}, [&name](const std::string& candidate) {
        return edit_distance(name, candidate);
    });
    if (nearest != known.end() && edit_distance(name, *nearest) <= 3)
        return "did you mean '" + *nearest + "'?";
    return "known: " + joined(known, ", ");
}

}  // namespace lacathode
