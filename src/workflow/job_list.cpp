#include "workflow/job_list.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <thread>

#include "lacathode/core/errors.hpp"
#include "lacathode/core/interrupt.hpp"
#include "lacathode/core/log.hpp"
#include "lacathode/core/text.hpp"
#include "lacathode/stages/prepare.hpp"
#include "lacathode/stages/train_classifier.hpp"
#include "lacathode/stages/train_flow.hpp"
#include "workflow/directories.hpp"
#include "workflow/job_notes.hpp"
#include "workflow/outdated_steps.hpp"

namespace lacathode {
namespace {

namespace fs = std::filesystem;

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
        step.seconds + static_cast<double>(step.passes) * events * seconds_per_event(step.stage);
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
// name's entry in a cache does. Throws InputError for one that is there but cannot be opened.
bool appears(const std::string& path, std::chrono::steady_clock::time_point deadline) {
    constexpr std::chrono::milliseconds pause(500);
    for (bool told = false;; told = true) {
        if (std::ifstream(path).is_open()) return true;
        const int reason = errno;
        check_interrupt();
        if (std::chrono::steady_clock::now() >= deadline) {
            if (reason == ENOENT || reason == ENOTDIR) return false;
            throw InputError(concat(path, ": cannot be opened: ", std::strerror(reason)));
        }
        if (!told) log_info(concat("waiting for ", path));
        std::this_thread::sleep_for(pause);
    }
}

}  // namespace

std::vector<PlannedJob> planned_jobs(std::span<const Step> steps, const std::string& directory,
                                     const StageContext& context, Jobs listed) {
    std::set<std::string> outstanding;
    if (listed == Jobs::outstanding) {
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
            if (listed == Jobs::outstanding && !outstanding.contains(step.output)) continue;
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

std::vector<std::string> wait_for_outputs(std::span<const Step> steps,
                                          std::chrono::seconds latency) {
    const auto deadline = std::chrono::steady_clock::now() + latency;
    std::vector<std::string> missing;
    for (const Step& step : steps) {
        if (!is_there(step.output) && !appears(step.output, deadline))
            missing.push_back(step.output);
    }
    return missing;
}

void require_all_made(std::span<const Step> steps, const std::string& directory,
                      std::chrono::seconds latency) {
    const std::vector<std::string> missing = wait_for_outputs(steps, latency);
    if (missing.empty()) return;
    throw InputError(
        concat(missing.size(), " of ", steps.size(), " jobs are not done, the first is ",
               id_of(missing.front(), directory),
               ": run them (--only), or all without --gather; --status tells of failures"));
}

}  // namespace lacathode
