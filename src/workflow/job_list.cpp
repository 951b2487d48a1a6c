#include "workflow/job_list.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <new>
#include <set>
#include <sstream>
#include <thread>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/prepare.hpp"
#include "lacathode/stages/train_classifier.hpp"
#include "lacathode/stages/train_flow.hpp"
#include "workflow/directories.hpp"
#include "workflow/outdated_steps.hpp"

namespace lacathode {
namespace {

namespace fs = std::filesystem;

std::string id_of(const std::string& output, const std::string& directory) {
    return fs::path(output).lexically_relative(directory).replace_extension();
}

std::string id_of(const Step& step, const std::string& directory) {
    return id_of(step.output, directory);
}

// Where a message about an output is kept: why there is none, or what it lacks.
fs::path note_file(const std::string& output, const std::string& directory,
                   const char* ending = ".txt") {
    std::string name = id_of(output, directory);
    std::ranges::replace(name, '/', '.');
    return fs::path(directory) / "failed" / (name + ending);
}

fs::path lack_file(const std::string& output, const std::string& directory) {
    return note_file(output, directory, ".lacks.txt");
}

// That it cannot be kept hides nothing: the error itself is told.
void keep_note(const fs::path& path, const std::string& message) {
    std::error_code ignored;
    fs::create_directories(path.parent_path(), ignored);
    std::ofstream(path) << message << '\n';
}

std::string failure_of(const Step& step, const std::string& directory) {
    std::ifstream file(is_there(step.output) ? lack_file(step.output, directory)
                                             : note_file(step.output, directory));
    std::ostringstream text;
    if (file) text << file.rdbuf();
    return text.str();
}

// Of all that is read from outside, as a measure for the number of events.
double input_bytes(std::span<const Step> steps) {
    double largest = 0;
    for (const Step& step : steps) {
        if (step.stage != Prepare::name) continue;
        double sum = 0;
        for (const StageInput& input : step.inputs) {
            std::error_code error;
            const std::uintmax_t size = fs::file_size(input.path, error);
            if (!error) sum += static_cast<double>(size);
        }
        largest = std::max(largest, sum);
    }
    return largest;
}

// Measured on one core of 2022 at the papers' settings, and rounded up; docs/clusters.md.
double seconds_per_event(const std::string& stage) {
    if (stage == TrainFlow::name) return 1e-5;
    return stage == TrainClassifier::name ? 3e-6 : 2e-6;
}

// Of a process that has LibTorch and a GPU's context, or may choose them.
std::size_t device_memory_mb(Device device) {
    return device == Device::cpu ? 0 : 4000;
}

JobNeeds needs_of(const Step& step, double bytes, int threads) {
    constexpr double bytes_per_event = 40;  // mass and four features in double precision
    constexpr double reserve = 3;           // on other machines and with more features
    const double events = bytes / bytes_per_event;
    const double seconds =
        static_cast<double>(step.passes) * events * seconds_per_event(step.stage);
    JobNeeds needs;
    needs.cores = std::max(threads, 1);
    needs.memory_mb = 300 + static_cast<std::size_t>(3e-4 * events) + device_memory_mb(step.device);
    needs.minutes = 1 + static_cast<std::size_t>(std::ceil(reserve * seconds / 60 / needs.cores));
    return needs;
}

void require_inputs_from_outside(std::span<const Step> all, std::span<const Step> to_do) {
    std::set<std::string> made;
    for (const Step& step : all) made.insert(step.output);
    for (const Step& step : to_do) {
        for (const StageInput& input : step.inputs) {
            std::error_code error;
            if (made.contains(input.path) || fs::exists(input.path, error)) continue;
            throw InputError(concat(
                input.path, ": ",
                error ? "cannot be read: " + error.message() : "no such file; check the path"));
        }
    }
}

// Whether the file is there, if need be later. Opening asks a network file system more than the
// name's entry in a cache does.
bool appears(const std::string& path, std::chrono::steady_clock::time_point deadline) {
    constexpr std::chrono::milliseconds pause(500);
    for (bool told = false;; told = true) {
        if (std::ifstream(path).is_open()) return true;
        check_interrupt();
        if (std::chrono::steady_clock::now() >= deadline) return false;
        if (!told) log_info(concat("waiting for ", path));
        std::this_thread::sleep_for(pause);
    }
}

// Which of the steps began.
class NotedBeginnings {
  public:
    /// The same steps, but those that run are noted here.
    [[nodiscard]] std::vector<Step> noting(std::vector<Step> steps) {
        for (Step& step : steps) {
            step.run = [this, run = step.run, output = step.output](const StageContext& context) {
                note(output);
                return run(context);
            };
        }
        return steps;
    }
    /// A training that others may join begins with them, as soon as its inputs are there.
    [[nodiscard]] bool has_begun(const Step& step) const {
        return begun_.contains(step.output) ||
               (may_begin_ && step.training &&
                std::ranges::all_of(step.inputs, [](const StageInput& input) {
                    std::error_code unknown;
                    return fs::exists(input.path, unknown);
                }));
    }
    /// Until then none has.
    void may_begin() noexcept { may_begin_ = true; }

  private:
    void note(const std::string& output) {
        const std::lock_guard lock(mutex_);
        begun_.insert(output);
    }

    std::mutex mutex_;
    std::set<std::string> begun_;
    bool may_begin_ = false;
};

// Of what is there by now.
void forget_failures(std::span<const Step> steps, const std::string& directory) {
    for (const Step& step : steps) {
        std::error_code ignored;
        if (fs::exists(step.output, ignored))
            fs::remove(note_file(step.output, directory), ignored);
    }
}

void note_failures(std::span<const Step> steps, const std::string& directory,
                   const NotedBeginnings& noted, const std::string& message) {
    std::vector<const Step*> unmade;
    std::error_code ignored;
    for (const Step& step : steps)
        if (!fs::exists(step.output, ignored)) unmade.push_back(&step);
    // What fails before any of them concerns all.
    const bool of_all =
        std::ranges::none_of(unmade, [&](const Step* step) { return noted.has_begun(*step); });
    for (const Step* step : unmade)
        if (of_all || noted.has_begun(*step))
            keep_note(note_file(step->output, directory), message);
    forget_failures(steps, directory);
}

}  // namespace

std::vector<PlannedJob> planned_jobs(std::span<const Step> steps, const std::string& directory,
                                     const StageContext& context, bool only_outstanding) {
    std::set<std::string> outstanding;
    if (only_outstanding) {
        require_no_stale_outputs(steps, context);
        const std::vector<Step> to_do = outstanding_steps(steps);
        require_inputs_from_outside(steps, to_do);
        for (const Step& step : to_do) outstanding.insert(step.output);
    }
    const double bytes = input_bytes(steps);
    const std::vector<std::vector<Step>> rounds = in_rounds(steps);
    std::vector<PlannedJob> jobs;
    for (std::size_t round = 0; round < rounds.size(); ++round) {
        for (const Step& step : rounds[round]) {
            if (only_outstanding && !outstanding.contains(step.output)) continue;
            std::vector<std::string> inputs;
            for (const StageInput& input : step.inputs) inputs.push_back(input.path);
            jobs.push_back({.id = id_of(step, directory),
                            .name = step.name,
                            .stage = step.stage,
                            .round = round,
                            .inputs = std::move(inputs),
                            .output = step.output,
                            .done = is_there(step.output),
                            .failure = failure_of(step, directory),
                            .needs = needs_of(step, bytes, context.common.threads)});
        }
    }
    return jobs;
}

std::vector<Step> chosen_steps(std::span<const Step> steps, const std::string& directory,
                               const JobSelection& jobs) {
    std::map<std::string, std::string> maker;  // id by output
    for (const Step& step : steps) maker[step.output] = id_of(step, directory);
    const std::set<std::string> wanted(jobs.ids.begin(), jobs.ids.end());
    for (const std::string& id : wanted) {
        const bool known = std::ranges::any_of(
            maker, [&](const auto& output_and_id) { return output_and_id.second == id; });
        if (known) continue;
        throw UsageError(
            concat("--only ", id, ": there is no such job; --list-jobs lists them all"));
    }
    std::vector<Step> chosen;
    std::ranges::copy_if(steps, std::back_inserter(chosen),
                         [&](const Step& step) { return wanted.contains(id_of(step, directory)); });
    return chosen;
}

void wait_for_inputs(std::span<const Step> steps, std::span<const Step> chosen,
                     const std::string& directory, std::chrono::seconds latency) {
    std::set<std::string> made;  // by the other steps
    for (const Step& step : steps) made.insert(step.output);
    for (const Step& step : chosen) made.erase(step.output);
    const auto deadline = std::chrono::steady_clock::now() + latency;
    for (const Step& step : chosen) {
        for (const StageInput& input : step.inputs) {
            if (!made.contains(input.path) || appears(input.path, deadline)) continue;
            throw InputError(concat(input.path, " is not there, which job ", id_of(step, directory),
                                    " reads: run job ", id_of(input.path, directory), " first"));
        }
    }
}

void noting_failure(std::span<const Step> steps, const std::string& directory,
                    const std::function<void(std::span<const Step>)>& before,
                    const std::function<void(std::span<const Step>)>& work) {
    NotedBeginnings noted;
    const std::vector<Step> noting = noted.noting({steps.begin(), steps.end()});
    try {
        before(noting);
        noted.may_begin();
        work(noting);
    } catch (const Interrupted&) {
        throw;  // the same job goes on
    } catch (const std::bad_alloc&) {
        note_failures(steps, directory, noted, "out of memory");
        throw;
    } catch (const std::exception& error) {
        note_failures(steps, directory, noted, error.what());
        throw;
    }
    forget_failures(steps, directory);
}

void note_lacks(const Lacks& lacks, const std::string& directory) {
    for (const auto& [output, lack] : lacks) {
        std::error_code ignored;
        const fs::path path = lack_file(output, directory);
        if (lack.empty()) {
            fs::remove(path, ignored);
        } else {
            keep_note(path, lack);
        }
    }
}

void require_all_made(std::span<const Step> steps, const std::string& directory) {
    std::vector<std::string> missing;
    for (const Step& step : steps) {
        if (!is_there(step.output)) missing.push_back(id_of(step, directory));
    }
    if (missing.empty()) return;
    throw InputError(concat(
        missing.size(), " of ", steps.size(), " jobs are not done, the first is ", missing.front(),
        ": run them (--only), or all without --gather; --status tells of failures"));
}

}  // namespace lacathode
