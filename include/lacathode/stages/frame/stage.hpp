// The one door by which programs, chain, documentation and tests enter a stage.
#pragma once

#include <string>
#include <vector>

#include "lacathode/config/field.hpp"
#include "lacathode/stages/frame/context.hpp"
#include "lacathode/stages/frame/job.hpp"
#include "lacathode/stages/frame/retrainings.hpp"
#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

/// A stage with its settings and paths, for those who know it by name only.
class Stage {
  public:
    virtual ~Stage() = default;
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual std::string description() const = 0;
    [[nodiscard]] virtual std::string example() const = 0;
    /// Bound to this object.
    [[nodiscard]] virtual Section section() = 0;
    /// Of other stages, read too; bound to this object.
    [[nodiscard]] virtual std::vector<Section> further_sections() = 0;
    /// Bound to this object.
    [[nodiscard]] virtual std::vector<Argument> arguments() = 0;
    [[nodiscard]] virtual std::vector<std::string> problems() const = 0;
    virtual Summary run(const StageContext& context) const = 0;
};

template <StageRoom S>
class StageOf final : public Stage {
  public:
    [[nodiscard]] std::string name() const override { return std::string(S::name); }
    [[nodiscard]] std::string description() const override { return std::string(S::description); }
    [[nodiscard]] std::string example() const override { return std::string(S::example); }
    [[nodiscard]] Section section() override { return S::section(config_); }
    [[nodiscard]] std::vector<Section> further_sections() override {
        return lacathode::further_sections<S>(config_);
    }
    [[nodiscard]] std::vector<Argument> arguments() override { return S::arguments(paths_); }
    [[nodiscard]] std::vector<std::string> problems() const override {
        return stage_problems<S>(config_);
    }
    Summary run(const StageContext& context) const override {
        if constexpr (ReplicaRoom<S>) {
            if (paths_.replicas > 1) return train_replicas<S>(config_, paths_, context);
            if (S::trains_together(config_, context.common.choice().execution))
                return train_as_replica<S>(config_, paths_, context);
        }
        return run_stage<S>(config_, paths_, context);
    }

  private:
    typename S::Config config_;
    typename S::Paths paths_;
};

}  // namespace lacathode
