#include "lacathode/stages/frame/retrainings.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <optional>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/thread_safety.hpp"
#include "lacathode/stages/frame/settings.hpp"

namespace lacathode {
namespace {

std::size_t abreast(std::size_t jobs, int threads) {
    return io_is_thread_safe() ? std::min(jobs, static_cast<std::size_t>(threads)) : 1;
}

}  // namespace

Argument replicas_argument(std::size_t& replicas) {
    return {"replicas", ArgumentKind::count,
            "Train so many, retraining, retraining + 1, ..., into OUTPUT_NN: on LibTorch as one "
            "computation, on the engine side by side.",
            &replicas, Presence::optional};
}

void require_possible_replicas(std::size_t replicas) {
    if (replicas <= most_replicas) return;
    throw UsageError(concat("--replicas ", replicas, ": at most ", most_replicas, " in one call"));
}

std::string retraining_output(const std::string& output, std::size_t retraining) {
    const std::filesystem::path path(output);
    const std::string name =
        concat(path.stem().string(), '_', two_digits(retraining), path.extension().string());
    return path.parent_path() / name;
}

bool is_made_already(const std::string& output, const Recipe& recipe, Overwrite overwrite) {
    std::error_code unknown;  // the checks of the output say more
    if (overwrite == Overwrite::allow || !std::filesystem::exists(output, unknown)) return false;
    const std::string reason = staleness(output, recipe).reason;
    if (reason.empty()) {
        log_info(output + " is up to date");
        return true;
    }
    throw OutputError(concat(output, " is there already, but ", reason,
                             "; pass --force to make it again, or choose another --output"));
}

std::vector<std::size_t> chunk_sizes(std::size_t trainings, const ReplicaMemory& memory,
                                     const Execution& execution) {
    ReplicaMemory here = memory;
    if (execution.device == Device::cuda) here.shared += memory.on_a_gpu;
    const std::vector<std::size_t> chunks = replica_chunks(trainings, here, free_memory(execution));
    if (trainings > 1)
        log_info(concat(trainings, " trainings as one computation, in ", chunks.size(),
                        " parts of up to ", std::ranges::max(chunks),
                        ", for which the device has memory"));
    return chunks;
}

int threads_of_each(std::size_t jobs, int threads) {
    return std::max(1, threads / static_cast<int>(abreast(jobs, threads)));
}

void side_by_side(std::span<RetrainingJob> jobs, int threads,
                  const std::function<void(RetrainingJob&)>& train) {
    const std::size_t workers = abreast(jobs.size(), threads);
    parallel_blocks(jobs.size(), 1, static_cast<int>(workers), [&](std::size_t i, std::size_t) {
        std::optional<MutedProgress> muted;
        if (workers > 1) muted.emplace();
        try {
            train(jobs[i]);
        } catch (const NumericalError& error) {
            jobs[i].failure = concat("retraining ", jobs[i].number, ": ", error.what());
        }
    });
}

void finish_each(std::size_t trainings, const std::function<void(std::size_t)>& finish) {
    std::exception_ptr failure;
    for (std::size_t i = 0; i < trainings; ++i) {
        try {
            finish(i);
        } catch (const Error&) {
            if (!failure) failure = std::current_exception();
        }
    }
    if (failure) std::rethrow_exception(failure);
}

void require_no_failures(const std::vector<std::string>& failures, std::size_t trainings) {
    if (failures.empty()) return;
    throw NumericalError(concat(failures.size(), " of ", trainings,
                                " trainings failed, the others are written:\n  ",
                                joined(failures, "\n  ")));
}

Summary told_of(std::span<const RetrainingJob> jobs) {
    std::vector<std::string> failures;
    for (const RetrainingJob& one : jobs)
        if (!one.failure.empty()) failures.push_back(one.failure);
    require_no_failures(failures, jobs.size());
    Summary summary = {{"trained", static_cast<std::int64_t>(jobs.size())}};
    for (const RetrainingJob& one : jobs) {
        for (auto& [key, value] : one.job.summary())
            summary.emplace_back(concat(key, '_', two_digits(one.number)), value);
    }
    return summary;
}

}  // namespace lacathode
