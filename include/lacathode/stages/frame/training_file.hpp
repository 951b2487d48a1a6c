// The state of a training beside its output, from which the same command goes on.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "lacathode/core/provenance.hpp"
#include "lacathode/ml/training_state.hpp"

namespace lacathode {

/// What the state of a training depends on beside the program's kernels: settings, algorithm,
/// implementation and inputs of the output.
std::string training_identity(const Provenance& made);

/// Where the state of the training that makes `output` is kept: OUTPUT.training.
std::string training_path(const std::string& output);

/// Keeps it in that file (lacathode.training, docs/formats.md): when `interval` has passed, and
/// when the program is told to stop. A file of another training (settings, inputs, algorithm or
/// instruction set) or a damaged one is told of and not used; one of somebody else's is left alone,
/// and nothing is kept; one that another program has locked throws InputError, as it may be the
/// state. If the file cannot be written the training goes on, with a warning.
class TrainingFile final : public TrainingKeeper {
  public:
    /// `maker`: the provenance that the output will have. `interval` of zero: only when told to
    /// stop.
    TrainingFile(const std::string& output, Provenance maker,
                 std::chrono::duration<double> interval);

    [[nodiscard]] std::optional<TrainingState> kept() override;
    [[nodiscard]] bool is_due() override;
    void keep(const TrainingState& state) override;
    /// Removes it: the output is there.
    void discard();

  private:
    using Clock = std::chrono::steady_clock;

    std::string path_;
    Provenance maker_;
    std::chrono::duration<double> interval_;
    Clock::time_point last_ = Clock::now();
    bool is_foreign_ = false;
    bool stop_is_kept_ = false;
    bool warned_ = false;
};

}  // namespace lacathode
