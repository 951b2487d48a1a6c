// Trainings of several steps that LibTorch does as one computation.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/frame/retrainings.hpp"
#include "lacathode/stages/frame/stage.hpp"

namespace lacathode {

/// Common settings of a step, but for the threads, which those who run it share out.
StageContext with_settings(StageContext share, const CommonConfig& common);

/// What became of one training.
struct TrainingResult {
    Summary summary;      ///< what it has to say
    std::string failure;  ///< why there is no output: the message of a NumericalError
};

/// The training of a step, as those of its family know it.
class Training {
  public:
    virtual ~Training() = default;
    /// Stage and settings, but for the number of the retraining and the seed. Trainings of one
    /// family read files of their own or the same.
    [[nodiscard]] virtual const std::string& family() const = 0;
    /// Trains `members` of its family as one computation, if that is how so many run there; nothing
    /// comes back if they run one by one.
    [[nodiscard]] virtual std::vector<TrainingResult> train_together(
        std::span<const Training* const> members, const StageContext& context) const = 0;
};

template <ReplicaRoom S>
class TrainingOf final : public Training {
  public:
    TrainingOf(const typename S::Config& config, const typename S::Paths& paths,
               const StageContext& context)
        : config_(config), paths_(paths), common_(context.common) {
        typename S::Config any = config;
        any.retraining = 0;
        StageContext any_seed = context;
        any_seed.common.seed = 0;
        family_ = concat(S::name, ' ', stage_config<S>(any_seed, any));
    }

    [[nodiscard]] const std::string& family() const override { return family_; }

    [[nodiscard]] std::vector<TrainingResult> train_together(
        std::span<const Training* const> members, const StageContext& context) const override {
        const Execution execution =
            with_settings(context, common_).common.execution(members.size());
        if (!S::trains_together(config_, execution)) return {};
        std::vector<RetrainingJob> jobs;
        for (const Training* member : members) jobs.push_back(of(*member).job(context, execution));
        std::vector<JointTraining<typename S::Paths>> trainings;
        for (std::size_t i = 0; i < members.size(); ++i)
            trainings.push_back({&jobs[i], of(*members[i]).paths_});
        S::run_together(config_, trainings);
        std::vector<TrainingResult> results;
        for (const RetrainingJob& one : jobs) {
            results.push_back({.summary = one.failure.empty() ? one.job.summary() : Summary(),
                               .failure = one.failure});
        }
        return results;
    }

  private:
    [[nodiscard]] static const TrainingOf& of(const Training& member) {
        const auto* known = dynamic_cast<const TrainingOf*>(&member);
        expects(known != nullptr, "members of a family are trainings of one stage");
        return *known;
    }
    [[nodiscard]] RetrainingJob job(const StageContext& context, const Execution& execution) const {
        StageContext its = with_settings(context, common_);
        const std::string settings = stage_config<S>(its, config_);
        its.common.device = execution.device;
        its.common.backend = execution.backend;
        return {config_.retraining, Job(its, settings, S::algorithm, paths_.output)};
    }

    typename S::Config config_;
    typename S::Paths paths_;
    CommonConfig common_;
    std::string family_;
};

/// Null for a stage whose trainings are none, or always run one by one.
template <StageRoom S>
std::shared_ptr<const Training> training_of(const typename S::Config& config,
                                            const typename S::Paths& paths,
                                            const StageContext& context) {
    if constexpr (ReplicaRoom<S>) {
        return std::make_shared<const TrainingOf<S>>(config, paths, context);
    } else {
        return nullptr;
    }
}

}  // namespace lacathode
