// The steps of a plan, one after the other.
#pragma once

#include <string>
#include <utility>

#include "workflow/chain_plan.hpp"

namespace lacathode {

/// Grows a ChainPlan: a file is made once, and lies where `place` says.
class StepList {
  public:
    StepList(const StageContext& context, const Place& place) : context_(context), place_(place) {}

    /// Of the names of the steps to come.
    void prefix(std::string prefix) { prefix_ = std::move(prefix); }

    /// The step that makes wanted.output, unless there is one: several methods and retrainings may
    /// need the same file.
    template <StageRoom S>
    void add(const std::string& step, const typename S::Config& config,
             const typename S::Paths& wanted, bool quick = false) {
        if (plan_.files.contains(wanted.output)) return;
        const std::string name = prefix_ + step;
        typename S::Paths paths = wanted;
        for (const Argument& argument : S::arguments(paths)) use_placed(argument);
        if (place_) paths.output = place_(make_step<S>(name, config, paths, context_));
        plan_.files[wanted.output] = paths.output;
        plan_.steps.push_back(make_step<S>(name, config, paths, context_));
        plan_.steps.back().quick = quick;
    }

    /// The step added last.
    [[nodiscard]] Step& back() { return plan_.steps.back(); }
    /// Where the output of a step lies.
    [[nodiscard]] const std::string& place_of(const std::string& output) const {
        return plan_.files.at(output);
    }
    [[nodiscard]] ChainPlan take() { return std::move(plan_); }

  private:
    /// An input that an earlier step makes lies where that step's output was placed.
    void use_placed(const Argument& argument) const;

    const StageContext& context_;
    const Place& place_;
    std::string prefix_;
    ChainPlan plan_;
};

}  // namespace lacathode
