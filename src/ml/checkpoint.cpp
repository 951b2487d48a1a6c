#include "lacathode/ml/checkpoint.hpp"

#include <algorithm>
#include <cmath>

#include "lacathode/core/errors.hpp"

namespace lacathode {

std::size_t kept_checkpoints(std::size_t keep_best, std::size_t epochs) {
    constexpr std::size_t papers = 10;
    return keep_best > 0 ? keep_best : std::min(papers, epochs);
}

BestCheckpoints::BestCheckpoints(std::size_t count) : count_(count) {
    expects(count > 0, "at least one checkpoint is kept");
}

void BestCheckpoints::offer(std::size_t epoch, double validation_loss,
                            const std::function<NamedArrays()>& state) {
    expects(std::isfinite(validation_loss), "a checkpoint's loss is finite");
    // upper_bound puts an equal loss behind the earlier epoch's.
    const auto place =
        std::ranges::upper_bound(ranked_, validation_loss, {}, &Checkpoint::validation_loss);
    const auto rank = place - ranked_.begin();
    if (static_cast<std::size_t>(rank) == count_) return;
    if (ranked_.size() == count_) ranked_.pop_back();
    ranked_.insert(ranked_.begin() + rank, {epoch, validation_loss, state()});
}

}  // namespace lacathode
