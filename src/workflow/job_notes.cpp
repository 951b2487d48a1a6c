#include "workflow/job_notes.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <new>
#include <set>
#include <sstream>

#include "lacathode/core/interrupt.hpp"
#include "workflow/directories.hpp"

namespace lacathode {
namespace {

namespace fs = std::filesystem;

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

std::string id_of(const std::string& output, const std::string& directory) {
    return fs::path(output).lexically_relative(directory).replace_extension();
}

std::string id_of(const Step& step, const std::string& directory) {
    return id_of(step.output, directory);
}

std::string failure_of(const Step& step, const std::string& directory) {
    std::ifstream file(is_there(step.output) ? lack_file(step.output, directory)
                                             : note_file(step.output, directory));
    std::ostringstream text;
    if (file) text << file.rdbuf();
    return text.str();
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

}  // namespace lacathode
