// Where a training stands between two batches, so that another process can go on from there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lacathode/core/named_arrays.hpp"

namespace lacathode {

/// Each training names what it needs: weights and Adam's moments among the arrays; losses and its
/// position among the numbers, whole ones too. Random streams need nothing, as every epoch has its
/// own.
struct TrainingState {
    NamedArrays arrays;
    std::vector<std::pair<std::string, std::vector<double>>> numbers;

    /// Throws InputError if there are none of that name.
    [[nodiscard]] const std::vector<double>& numbers_of(std::string_view name) const;
};

/// Keeps the state of one training for later.
class TrainingKeeper {
  public:
    TrainingKeeper() = default;
    virtual ~TrainingKeeper() = default;
    TrainingKeeper(const TrainingKeeper&) = delete;
    TrainingKeeper& operator=(const TrainingKeeper&) = delete;

    /// What was kept last of this very training, or nothing. Asked once, at its beginning.
    [[nodiscard]] virtual std::optional<TrainingState> kept() = 0;
    /// Whether the training should call keep() now; asked before every batch or tree, and once more
    /// when it is interrupted.
    [[nodiscard]] virtual bool is_due() = 0;
    /// A keeper that cannot says so; the training goes on without.
    virtual void keep(const TrainingState& state) = 0;
};

}  // namespace lacathode
