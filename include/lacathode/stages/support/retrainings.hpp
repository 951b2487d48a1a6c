// Several retrainings of one stage in one call.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lacathode/ml/replica_memory.hpp"
#include "lacathode/stages/support/recipe.hpp"
#include "lacathode/stages/support/stage.hpp"

namespace lacathode {

/// One of them, with an output of its own.
struct RetrainingJob {
    std::size_t number;
    Job job;
    std::string failure = {};  ///< why there is no output: the message of a NumericalError
};

/// The option --replicas of a stage with retrainings.
Argument replicas_argument(std::size_t& replicas);
/// Throws UsageError for more than most_replicas.
void require_possible_replicas(std::size_t replicas);

/// Of `output` "flow.h5" and retraining 3 "flow_03.h5", as lacathode-run names it.
std::string retraining_output(const std::string& output, std::size_t retraining);

/// Whether the output is there and was made so; never if it may be overwritten. Throws OutputError
/// if it is there and was made otherwise.
bool is_made_already(const std::string& output, const Recipe& recipe, Overwrite overwrite);

/// Calls train(chunk, keeper) for chunks of the jobs that fit the memory of the device, one after
/// the other. The keeper's state is gone when the chunk is done.
void in_chunks(std::span<RetrainingJob> jobs, const ReplicaMemory& memory,
               const Execution& execution,
               const std::function<void(std::span<RetrainingJob>, TrainingKeeper&)>& train);

/// Calls train(job, threads) for each, as many side by side as there are threads. A NumericalError
/// is the failure of one.
void side_by_side(std::span<RetrainingJob> jobs, int threads,
                  const std::function<void(RetrainingJob&)>& train);
/// The threads that each of them has.
int threads_of_each(std::size_t jobs, int threads);

/// Throws NumericalError that names those that failed, if any did.
void require_none_failed(std::span<const RetrainingJob> jobs);
/// What the jobs have to say, each key with the number of its retraining behind it. Throws as
/// require_none_failed.
Summary told_of(std::span<const RetrainingJob> jobs);

/// Trains retrainings config.retraining to config.retraining + paths.replicas - 1, each as
/// run_stage does with that number, into retraining_output. Outputs that are there already, made
/// so, are left. `together(config, execution)`: all as one computation by
/// S::run_together(config, paths, jobs); else side by side. Throws UsageError for too many, and
/// NumericalError for those that failed, when all others are written.
template <StageRoom S>
Summary train_replicas(const typename S::Config& config, const typename S::Paths& paths,
                       const StageContext& context) {
    require_possible_replicas(paths.replicas);
    const Execution execution = context.common.execution(paths.replicas);
    const bool together = S::trains_together(config, execution);
    StageContext share = context;
    share.common.device = execution.device;
    share.common.backend = execution.backend;
    share.common.threads =
        together ? execution.threads : threads_of_each(paths.replicas, execution.threads);
    std::vector<RetrainingJob> jobs;
    std::vector<typename S::Config> configs;
    for (std::size_t i = 0; i < paths.replicas; ++i) {
        typename S::Config one = config;
        one.retraining += i;
        const std::string output = retraining_output(paths.output, one.retraining);
        const std::vector<StageInput> inputs = stage_inputs<S>(one, paths);
        check_output_is_no_input(inputs, output);
        const std::string settings = stage_config<S>(context, one);
        if (is_made_already(output, {S::algorithm, settings, inputs}, context.overwrite)) continue;
        jobs.push_back({one.retraining, Job(share, settings, S::algorithm, output)});
    }
    if (jobs.empty()) return told_of(jobs);
    if (together) {
        S::run_together(config, paths, jobs);
    } else {
        side_by_side(jobs, execution.threads, [&](RetrainingJob& one) {
            typename S::Config its = config;
            its.retraining = one.number;
            S::run(its, paths, one.job);
        });
    }
    return told_of(jobs);
}

}  // namespace lacathode
