#include "workflow/run_steps.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>

#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/parallel.hpp"
#include "lacathode/core/progress.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/io/output_path.hpp"
#include "lacathode/io/thread_safety.hpp"
#include "lacathode/stages/frame/failed_check.hpp"
#include "lacathode/stages/prepare.hpp"
#include "workflow/directories.hpp"
#include "workflow/outdated_steps.hpp"

namespace lacathode {
namespace {

// What the step says of its output; a quality check that fails is complete too.
Summary run_to_the_end(const Step& step, const StageContext& context) {
    try {
        return step.run(context);
    } catch (const FailedCheck& check) {
        log_warning(check.what());
        Summary summary = check.summary;
        summary.emplace_back("status", std::string("failed"));
        return summary;
    }
}

bool has_to_be_trained(const Step& step, const StageContext& context) {
    if (!step.training) return false;
    if (!is_there(step.output)) return true;
    return context.overwrite == Overwrite::allow && !staleness(step).reason.empty();
}

// Trains families as one computation, where LibTorch does; also those of one, whose bytes are then
// the same whatever stood beside it (on a GPU: up to rounding). What they say, by output. Throws
// NumericalError for those that fail, when all others are written.
std::map<std::string, Summary> train_families(std::span<const Step> steps,
                                              const StageContext& context) {
    std::vector<const Step*> outstanding;
    for (const Step& step : steps)
        if (has_to_be_trained(step, context)) outstanding.push_back(&step);
    std::map<std::string, Summary> trained;
    std::vector<std::string> failures;
    const auto family_of = [](const Step* step) { return step->training->family(); };
    for (const auto& [name, family] : grouped_by(outstanding, family_of)) {
        std::vector<const Training*> members;
        for (const Step* step : family) members.push_back(step->training.get());
        const std::vector<TrainingResult> results =
            members.front()->train_together(members, context);
        for (std::size_t i = 0; i < results.size(); ++i) {
            const Step& step = *family[i];
            if (!results[i].failure.empty()) {
                failures.push_back(concat(step.name, " (", step.output, "): ", results[i].failure));
                continue;
            }
            log_info(concat(step.name, " -> ", step.output));
            trained[step.output] = results[i].summary;
        }
    }
    require_no_failures(failures, trained.size() + failures.size());
    return trained;
}

// Runs `steps`, which do not need each other: as many side by side as there are threads, and the
// last few with several threads each.
NamedSummaries run_round(std::span<const Step> steps, const StageContext& context) {
    const std::map<std::string, Summary> trained = train_families(steps, context);
    NamedSummaries summaries(steps.size());
    const int threads = context.common.execution().threads;
    // Stages read and write files of their own; without a thread-safe HDF5 they go one by one.
    const bool one_by_one = !io_is_thread_safe() || std::ranges::any_of(steps, &Step::alone);
    const auto abreast = static_cast<std::size_t>(one_by_one ? 1 : threads);
    for (std::size_t first = 0; first < steps.size();) {
        const std::size_t left = steps.size() - first;
        const std::size_t count = left < abreast ? left : left / abreast * abreast;
        const std::size_t side_by_side = std::min(count, abreast);
        StageContext share = context;
        share.common.threads = threads / static_cast<int>(side_by_side);
        parallel_blocks(count, 1, static_cast<int>(side_by_side), [&](std::size_t i, std::size_t) {
            const Step& step = steps[first + i];
            std::optional<MutedProgress> muted;
            if (side_by_side > 1) muted.emplace();
            const auto found = trained.find(step.output);
            summaries[first + i] = {step.name,
                                    found == trained.end() ? run_step(step, share) : found->second};
        });
        first += count;
    }
    return summaries;
}

// Refusals of steps that run side by side.
class NotedRefusals {
  public:
    /// The same steps, but those that prepare events note here why they have no output.
    [[nodiscard]] std::vector<Step> noting(std::vector<Step> steps) {
        for (Step& step : steps) {
            if (step.stage != Prepare::name) continue;
            step.run = [this, run = step.run, output = step.output](const StageContext& context) {
                try {
                    return run(context);
                } catch (const UsageError& error) {
                    return note(output, error);
                } catch (const InputError& error) {
                    return note(output, error);
                }
            };
        }
        return steps;
    }
    [[nodiscard]] const Refusals& refused() const noexcept { return refused_; }

  private:
    Summary note(const std::string& output, const Error& error) {
        const std::lock_guard lock(mutex_);
        refused_[output] = {error.code(), error.what()};
        return {};
    }

    std::mutex mutex_;
    Refusals refused_;
};

void wait_for_writer(const Step& step) {
    constexpr std::chrono::milliseconds pause(200);
    log_info(concat(step.name, ": another process writes ", step.output));
    do {
        check_interrupt();
        std::this_thread::sleep_for(pause);
    } while (is_being_written(step.output));
}

bool is_up_to_date(const Step& step) {
    return is_there(step.output) && staleness(step).reason.empty();
}

Summary run_unless_made(const Step& step, const StageContext& context) {
    if (!is_there(step.output)) {
        log_info(concat(step.name, " -> ", step.output));
        return run_to_the_end(step, context);
    }
    const Staleness stale = staleness(step);
    if (stale.reason.empty()) {
        log_info(concat(step.name, ": ", step.output, " is up to date"));
        return {{"output", step.output},
                {"status", std::string("up to date")},
                {"content_hash", InputFile(step.output, all_formats(), Verify::no).content_hash()}};
    }
    StageContext replacing = context;
    if (step.quick && !stale.foreign) replacing.overwrite = Overwrite::allow;
    if (replacing.overwrite == Overwrite::forbid) {
        throw OutputError(concat(step.output, " is there already, but ", stale.reason, ": ",
                                 remedy_of_stale_outputs));
    }
    log_info(
        concat(step.name, ": ", step.output, " is there, but ", stale.reason, "; making it again"));
    return run_to_the_end(step, replacing);
}

}  // namespace

Summary run_step(const Step& step, const StageContext& context) {
    for (;;) {
        try {
            return run_unless_made(step, context);
        } catch (const OutputBusy&) {
            if (step.training) throw;  // which takes too long to be waited for
            wait_for_writer(step);
        } catch (const OutputError&) {
            if (step.training || !is_up_to_date(step)) throw;  // else another process came first
        }
    }
}

void require_no_refusals(const Refusals& refused) {
    if (refused.empty()) return;
    std::vector<std::string> messages;
    bool of_settings = false;
    for (const auto& [output, refusal] : refused) {
        of_settings = of_settings || refusal.code == ExitCode::usage;
        if (std::ranges::find(messages, refusal.message) == messages.end())
            messages.push_back(refusal.message);
    }
    const std::string message = joined(messages, "\n");
    if (of_settings) throw UsageError(message);
    throw InputError(message);
}

Refusals try_steps(std::span<const Step> steps, const StageContext& context) {
    NotedRefusals noted;
    run_round(noted.noting({steps.begin(), steps.end()}), context);
    return noted.refused();
}

NamedSummaries run_steps(std::span<const Step> steps, const StageContext& context,
                         const std::function<void(const Refusals&)>& check) {
    const std::vector<std::vector<Step>> rounds = in_rounds(steps);
    if (rounds.empty()) return {};
    NotedRefusals noted;
    NamedSummaries all = run_round(noted.noting(rounds.front()), context);
    check(noted.refused());
    require_no_refusals(noted.refused());
    for (std::size_t i = 1; i < rounds.size(); ++i)
        std::ranges::move(run_round(rounds[i], context), std::back_inserter(all));
    return all;
}

}  // namespace lacathode
