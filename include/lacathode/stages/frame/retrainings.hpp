// Several trainings of one stage in one call.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <map>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/problems.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/ml/replica_memory.hpp"
#include "lacathode/stages/frame/recipe.hpp"
#include "lacathode/stages/frame/stage_room.hpp"

namespace lacathode {

/// One of them, with an output of its own.
struct RetrainingJob {
    std::size_t number;
    Job job;
    std::string failure = {};  ///< why there is no output: the message of a NumericalError
};

/// One of those that are done as one computation, and the files that it reads.
template <class Paths>
struct JointTraining {
    RetrainingJob* job;
    Paths paths;
};

/// A stage with retrainings, several of which one call trains: paths.replicas of them from
/// config.retraining on. A hook that is misspelt is no hook, and --replicas would train one: the
/// stage's source asserts that it is a ReplicaRoom.
template <class S>
concept ReplicaRoom = StageRoom<S> &&
    requires(typename S::Config& config, const typename S::Config& settings,
             typename S::Paths& paths, const Execution& execution,
             std::span<const JointTraining<typename S::Paths>> trainings) {
    { config.retraining } -> std::same_as<std::size_t&>;
    { paths.replicas } -> std::same_as<std::size_t&>;
    // Whether LibTorch trains several with these settings as one computation there.
    { S::trains_together(settings, execution) } -> std::same_as<bool>;
    // Trains them so, each into the output of its job.
    { S::run_together(settings, trainings) } -> std::same_as<void>;
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

/// The items by key(item), those of one key in their order.
template <class Items, class Key>
auto grouped_by(const Items& items, const Key& key) {
    using Item = std::ranges::range_value_t<Items>;
    std::map<std::invoke_result_t<Key, const Item&>, std::vector<Item>> groups;
    for (const Item& item : items) groups[key(item)].push_back(item);
    return groups;
}

/// The sizes of the chunks, one after the other, in which so many trainings fit the memory of the
/// device. The log tells them.
std::vector<std::size_t> chunk_sizes(std::size_t trainings, const ReplicaMemory& memory,
                                     const Execution& execution);
/// Calls train(chunk, keeper) for these chunks of trainings, each of which has a RetrainingJob*
/// `job`. The keeper's state is gone when the chunk is done.
template <class Training>
void in_chunks(const std::vector<Training>& trainings, const ReplicaMemory& memory,
               const Execution& execution,
               const std::function<void(std::span<const Training>, TrainingKeeper&)>& train) {
    std::span<const Training> left(trainings);
    for (const std::size_t size : chunk_sizes(trainings.size(), memory, execution)) {
        std::vector<const Job*> jobs;
        for (const Training& one : left.first(size)) jobs.push_back(&one.job->job);
        TrainingFile keeper = Job::training_file(jobs);
        train(left.first(size), keeper);
        keeper.discard();
        left = left.subspan(size);
    }
}

/// Calls train(job) for each, as many side by side as there are threads. A NumericalError is the
/// failure of one.
void side_by_side(std::span<RetrainingJob> jobs, int threads,
                  const std::function<void(RetrainingJob&)>& train);
/// The threads that each of them has.
int threads_of_each(std::size_t jobs, int threads);

/// Calls finish(i) for each of so many trainings that are done, and throws what one threw when the
/// outputs of all others are written.
void finish_each(std::size_t trainings, const std::function<void(std::size_t)>& finish);

/// Throws NumericalError with these failures of so many trainings, if there are any.
void require_no_failures(const std::vector<std::string>& failures, std::size_t trainings);
/// What the jobs have to say, each key with the number of its retraining behind it. Throws as
/// require_no_failures.
Summary told_of(std::span<const RetrainingJob> jobs);

/// Trains retrainings config.retraining to config.retraining + paths.replicas - 1, each as
/// run_stage does with that number, into retraining_output. Outputs that are there already, made
/// so, are left. Where S::trains_together(config, execution), all are one computation by
/// S::run_together(config, trainings); else they run side by side. Throws UsageError for too many
/// or a number out of its range, and NumericalError for those that failed, when all others are
/// written.
template <ReplicaRoom S>
Summary train_replicas(const typename S::Config& config, const typename S::Paths& paths,
                       const StageContext& context) {
    require_possible_replicas(paths.replicas);
    typename S::Config last = config;
    last.retraining += paths.replicas - 1;
    require_no_problems(concat("--replicas ", paths.replicas, " from retraining ",
                               config.retraining, " on; ask for fewer, or begin earlier"),
                        stage_problems<S>(last));
    const Execution execution = context.common.execution(paths.replicas);
    const bool together = S::trains_together(config, execution);
    StageContext share = context;
    share.common.device = execution.device;
    share.common.backend = execution.backend;
    share.common.threads =
        together ? execution.threads : threads_of_each(paths.replicas, execution.threads);
    std::vector<RetrainingJob> jobs;
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
        std::vector<JointTraining<typename S::Paths>> trainings;
        for (RetrainingJob& one : jobs) trainings.push_back({&one, paths});
        S::run_together(config, trainings);
    } else {
        side_by_side(jobs, execution.threads, [&](RetrainingJob& one) {
            typename S::Config its = config;
            its.retraining = one.number;
            S::run(its, paths, one.job);
        });
    }
    return told_of(jobs);
}

/// As run_stage, with S::run_together for the one training: it has the bytes that it has among
/// several, and a GPU's kernels for them.
template <ReplicaRoom S>
Summary train_as_replica(const typename S::Config& config, const typename S::Paths& paths,
                         const StageContext& context) {
    check_output_is_no_input(stage_inputs<S>(config, paths), paths.output);
    RetrainingJob one{config.retraining,
                      Job(context, stage_config<S>(context, config), S::algorithm, paths.output)};
    const JointTraining<typename S::Paths> training{&one, paths};
    S::run_together(config, std::span(&training, 1));
    if (!one.failure.empty()) throw NumericalError(one.failure);
    return one.job.summary();
}

}  // namespace lacathode
