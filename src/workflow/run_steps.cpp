#include "workflow/run_steps.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>

#include "lacathode/core/errors.hpp"
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

// Steps that do not need each other. One that fails by its numbers stops none of the others.
class Round {
  public:
    Round(std::span<const Step> steps, const StageContext& context)
        : steps_(steps), context_(context), done_(steps.size(), false), failures_(steps.size()) {
        for (const Step& step : steps) summaries_.emplace_back(step.name, Summary{});
    }

    /// Throws NumericalError for those that fail, when all others are written.
    NamedSummaries run() {
        train_families();
        run_the_others();
        require_no_failures();
        return std::move(summaries_);
    }

  private:
    [[nodiscard]] std::size_t place_of(const Step* step) const {
        return static_cast<std::size_t>(step - steps_.data());
    }

    // Families are one computation, where LibTorch trains; also those of one, whose bytes are then
    // the same whatever stood beside it (on a GPU: up to rounding).
    void train_families() {
        std::vector<const Step*> outstanding;
        for (const Step& step : steps_)
            if (has_to_be_trained(step, context_)) outstanding.push_back(&step);
        const auto family_of = [](const Step* step) { return step->training->family(); };
        for (const auto& [name, family] : grouped_by(outstanding, family_of)) {
            std::vector<const Training*> members;
            for (const Step* step : family) members.push_back(step->training.get());
            const std::vector<TrainingResult> results =
                members.front()->train_together(members, context_);
            for (std::size_t i = 0; i < results.size(); ++i) {
                const std::size_t place = place_of(family[i]);
                done_[place] = true;
                failures_[place] = results[i].failure;
                if (!results[i].failure.empty()) continue;
                log_info(concat(family[i]->name, " -> ", family[i]->output));
                summaries_[place].second = results[i].summary;
            }
        }
    }

    // As many side by side as there are threads, and the last few with several threads each.
    void run_the_others() {
        const int threads = context_.common.choice().execution.threads;
        // Stages read and write files of their own; without a thread-safe HDF5 they go one by one.
        const bool one_by_one = !io_is_thread_safe() || std::ranges::any_of(steps_, &Step::alone);
        const auto abreast = static_cast<std::size_t>(one_by_one ? 1 : threads);
        for (std::size_t first = 0; first < steps_.size();) {
            const std::size_t left = steps_.size() - first;
            const std::size_t count = left < abreast ? left : left / abreast * abreast;
            const std::size_t side_by_side = std::min(count, abreast);
            StageContext share = context_;
            share.common.threads = threads / static_cast<int>(side_by_side);
            parallel_blocks(count, 1, static_cast<int>(side_by_side),
                            [&](std::size_t i, std::size_t) {
                                std::optional<MutedProgress> muted;
                                if (side_by_side > 1) muted.emplace();
                                if (!done_[first + i]) run_one(first + i, share);
                            });
            first += count;
        }
    }

    void run_one(std::size_t place, const StageContext& context) {
        try {
            summaries_[place].second = run_step(steps_[place], context);
        } catch (const NumericalError& error) {
            failures_[place] = error.what();
        }
    }

    void require_no_failures() const {
        std::vector<std::string> told;
        for (std::size_t place = 0; place < steps_.size(); ++place) {
            const Step& step = steps_[place];
            if (!failures_[place].empty())
                told.push_back(concat(step.name, " (", step.output, "): ", failures_[place]));
        }
        if (told.empty()) return;
        if (steps_.size() == 1) throw NumericalError(told.front());
        throw NumericalError(concat(told.size(), " of ", steps_.size(),
                                    " steps failed, the others are written:\n  ",
                                    joined(told, "\n  ")));
    }

    std::span<const Step> steps_;
    const StageContext& context_;
    NamedSummaries summaries_;
    std::vector<bool> done_;  ///< trained with their family
    std::vector<std::string> failures_;
};

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
    const std::vector<Step> noting = noted.noting({steps.begin(), steps.end()});
    Round(noting, context).run();
    return noted.refused();
}

NamedSummaries run_steps(std::span<const Step> steps, const StageContext& context,
                         const std::function<void(const Refusals&)>& check) {
    const std::vector<std::vector<Step>> rounds = in_rounds(steps);
    if (rounds.empty()) return {};
    NotedRefusals noted;
    const std::vector<Step> first = noted.noting(rounds.front());
    NamedSummaries all = Round(first, context).run();
    check(noted.refused());
    require_no_refusals(noted.refused());
    for (std::size_t i = 1; i < rounds.size(); ++i)
        std::ranges::move(Round(rounds[i], context).run(), std::back_inserter(all));
    return all;
}

}  // namespace lacathode
